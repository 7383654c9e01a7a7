import { type Request, type Response, Router } from "express";
import { removedProblem, unknownStory } from "../../editorial/command.ts";
import type { Following } from "../../feed/feeds.ts";
import type { Assets } from "../../pages/assets.ts";
import { renderEmbedFrame } from "../../pages/embed-frame.tsx";
import { toSnapshot } from "../../protocol/timeline.ts";
import { answerUnchanged } from "../read-headers.ts";
import { securePage } from "../security-headers.ts";
import { SharedBodies } from "../shared-bodies.ts";
import { slugOf } from "../story-access.ts";
import { embedQuery, validate } from "../validate.ts";
import { allowCaching, fingerprintOf, type PageServices, sendPage } from "./pages.ts";

export type EmbedServices = PageServices & { embed: Assets };

/** What partners put into frames. */
export function embedRoutes(services: EmbedServices): Router {
  const { site, publisher, assets, embed } = services;
  const frame = { publisher, assets: assets.manifest, embed: embed.manifest };
  const fingerprint = fingerprintOf(frame);
  const frames = new SharedBodies();
  const router = Router();

  router.get("/embed/:slug", async (request, response) => {
    // Also of a page that says no, which is seen where the story would be.
    allowFraming(response, site, []);
    const { feed, release } = await followPublic(services, request);
    try {
      const { limit, theme } = validate(embedQuery, request.query);
      const { timeline } = feed;
      allowFraming(response, site, feed.access.allowedOrigins);
      allowCaching(response);
      if (answerUnchanged(request, response, `"${timeline.position}.${fingerprint}"`)) return;
      const draw = () => renderEmbedFrame({ ...frame, snapshot: toSnapshot(timeline, limit), limit, theme });
      await sendPage(request, response, frames.of(timeline, `${limit} ${theme}`, draw));
    } finally {
      release();
    }
  });
  return router;
}

/** @param allowedOrigins of the story; empty: any. */
function allowFraming(response: Response, site: string, allowedOrigins: readonly string[]): void {
  securePage(response, site, { framedBy: allowedOrigins.length === 0 ? "any" : ["'self'", ...allowedOrigins] });
  response.set("Cross-Origin-Resource-Policy", "cross-origin");
}

/** @throws Problem for a story that is not there for readers. */
async function followPublic({ feeds }: EmbedServices, request: Request): Promise<Following> {
  const slug = slugOf(request);
  const following = await feeds.follow(slug);
  if (following === null) throw unknownStory(slug);
  if (following === "removed") throw removedProblem(slug);
  if (following.feed.access.status !== "draft") return following;
  following.release();
  throw unknownStory(slug);
}
