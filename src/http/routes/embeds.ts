import { type Request, type Response, Router } from "express";
import { removedProblem, unknownStory } from "../../editorial/command.ts";
import type { Following } from "../../feed/feeds.ts";
import type { Assets } from "../../pages/assets.ts";
import { renderEmbedFrame } from "../../pages/embed-frame.tsx";
import { renderEmbedRefusal } from "../../pages/embed-refusal.tsx";
import { type Embedders, embeddersOf, embedRefusal, foreignOrigin, mayEmbed } from "../../protocol/access.ts";
import { storyUrl } from "../../protocol/links.ts";
import { Problem } from "../../protocol/problem.ts";
import { toSnapshot } from "../../protocol/timeline.ts";
import { allowOrigins, answerUnchanged, startRead } from "../read-headers.ts";
import { frameAncestors, securePage } from "../security-headers.ts";
import { SharedBodies } from "../shared-bodies.ts";
import { sharedSnapshot } from "../shared-snapshot.ts";
import { slugOf } from "../story-access.ts";
import { embedQuery, frameQuery, validate } from "../validate.ts";
import { allowCaching, fingerprintOf, type PageServices, sendPage } from "./pages.ts";

export type EmbedServices = PageServices & {
  embed: Assets;
  /** Origins whose pages may connect at all; empty: any. */
  allowedOrigins: readonly string[];
};

/** What partners put into frames, and what the element reads first. */
export function embedRoutes(services: EmbedServices): Router {
  const { site, publisher, assets, embed, allowedOrigins } = services;
  const frame = { publisher, assets: assets.manifest, embed: embed.manifest };
  const fingerprint = fingerprintOf({ ...frame, allowedOrigins });
  const frames = new SharedBodies();
  const router = Router();

  router.get("/embed/:slug.json", async (request, response) => {
    startRead(request, response);
    const { feed, release } = await followPublic(services, request);
    try {
      const { limit } = validate(embedQuery, request.query);
      const embedders = embeddersOf(feed.access, allowedOrigins);
      const origin = foreignOrigin(site, request.headers);
      // With the headers that let any page read it: a refusal that the browser keeps to itself helps nobody.
      if (!mayEmbed(embedders, origin)) {
        throw new Problem("forbidden", embedRefusal(storyUrl(site, feed.slug), origin ?? ""));
      }
      allowOrigins(request, response, embedders);
      if (answerUnchanged(request, response, `"${feed.timeline.position}"`)) return;
      await sharedSnapshot(feed.timeline, limit).send(request, response.type("json"));
    } finally {
      release();
    }
  });

  router.get("/embed/:slug", async (request, response) => {
    // Also of a page that says no, which is seen where the story would be.
    allowFraming(response, site, "any");
    const { feed, release } = await followPublic(services, request);
    try {
      const { limit, theme, from } = validate(frameQuery, request.query);
      const { timeline } = feed;
      const embedders = embeddersOf(feed.access, allowedOrigins);
      if (embedders !== "any") response.vary("Sec-Fetch-Dest, Referer");
      const framer = framerOf(site, request, from);
      if (framer !== undefined && !mayEmbed(embedders, framer)) {
        const page = { story: timeline.story, publisher, assets: assets.manifest, theme, framer };
        return void response.status(403).set("Cache-Control", "no-store").type("html").send(renderEmbedRefusal(page));
      }
      allowFraming(response, site, embedders);
      allowCaching(response);
      if (answerUnchanged(request, response, `"${timeline.position}.${fingerprint}"`)) return;
      const framedBy = frameAncestors(embedders);
      const draw = () => renderEmbedFrame({ ...frame, snapshot: toSnapshot(timeline, limit), limit, theme, framedBy });
      await sendPage(request, response, frames.of(timeline, `${limit} ${theme}`, draw));
    } finally {
      release();
    }
  });
  return router;
}

function allowFraming(response: Response, site: string, framedBy: Embedders): void {
  securePage(response, site, { framedBy });
  response.set("Cross-Origin-Resource-Policy", "cross-origin");
}

const FRAMES = ["iframe", "frame", "embed", "object"];

/**
 * The other site that has the page in a frame, as far as that is known. Whoever hides or makes up where they are gets
 * the story with the policy by which browsers show it to nobody else.
 *
 * @param told by a frame that was there before.
 */
function framerOf(site: string, { headers }: Request, told: string | undefined): string | undefined {
  const address = told ?? (FRAMES.includes(String(headers["sec-fetch-dest"])) ? headers.referer : undefined);
  if (address === undefined || !URL.canParse(address)) return undefined;
  return foreignOrigin(site, { origin: new URL(address).origin, host: headers.host });
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
