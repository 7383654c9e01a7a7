import { Router } from "express";
import { renderEmbedBuilder } from "../../pages/embed-builder.tsx";
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
    const stories = await listPublic(services);
    const story = stories.find((one) => one.slug === slug) ?? stories[0] ?? null;
    securePage(response, site, { framedBy: [], hasForm: true });
    await sendPage(request, response, new SharedBody(renderEmbedBuilder({ ...page, stories, story, choice })));
  });
  return router;
}
