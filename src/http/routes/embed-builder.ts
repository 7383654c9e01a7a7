import { Router } from "express";
import { renderEmbedBuilder } from "../../pages/embed-builder.tsx";
import { isSlug } from "../../protocol/limits.ts";
import type { Story } from "../../protocol/shapes.ts";
import { securePage } from "../security-headers.ts";
import { SharedBody } from "../shared-body.ts";
import { builderQuery, validate } from "../validate.ts";
import type { EmbedServices } from "./embeds.ts";
import { listPublic, sendPage } from "./pages.ts";

/** Where partners get what they paste. */
export function embedBuilderRoutes(services: EmbedServices): Router {
  const { site, publisher, assets, embed } = services;
  const router = Router();
  const loader = embed.manifest["live-story.js"]?.split("/").at(-1) ?? "";
  const integrity = embed.files.get(loader)?.integrity ?? "";
  const page = { site, publisher, assets: assets.manifest, embed: embed.manifest, integrity };
  router.get("/embed", async (request, response) => {
    const { story: slug, ...choice } = validate(builderQuery, request.query);
    const listed = await listPublic(services);
    const wanted = slug === undefined ? null : await publicStory(services, slug);
    const isListed = !wanted || listed.some((story) => story.slug === wanted.slug);
    const stories = isListed ? listed : [wanted, ...listed];
    const missing = wanted === null ? (slug ?? null) : null;
    const model = { ...page, stories, story: wanted ?? listed[0] ?? null, missing, choice };
    securePage(response, site, { framedBy: [], hasForm: true });
    await sendPage(request, response, new SharedBody(renderEmbedBuilder(model)));
  });
  return router;
}

/** Also one that is too old for lists. */
async function publicStory({ feeds }: EmbedServices, slug: string): Promise<Story | null> {
  const following = isSlug(slug) ? await feeds.follow(slug) : null;
  if (following === null || following === "removed") return null;
  const { feed, release } = following;
  const story = feed.access.status === "draft" ? null : feed.timeline.story;
  release();
  return story;
}
