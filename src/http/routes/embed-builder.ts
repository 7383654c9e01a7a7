import { createHash } from "node:crypto";
import { Router } from "express";
import type { Assets } from "../../pages/assets.ts";
import { renderEmbedBuilder } from "../../pages/embed-builder.tsx";
import { contentPolicy } from "../content-policy.ts";
import { builderQuery, validate } from "../validate.ts";
import type { EmbedServices } from "./embeds.ts";
import { listPublic, sendPage } from "./pages.ts";

/** Where partners get what they paste. */
export function embedBuilderRoutes(services: EmbedServices): Router {
  const { site, publisher, assets, embed } = services;
  const router = Router();
  const page = { site, publisher, assets: assets.manifest, embed: embed.manifest, integrity: integrityOf(embed) };
  router.get("/embed", async (request, response) => {
    const { story: slug, ...choice } = validate(builderQuery, request.query);
    const stories = await listPublic(services);
    const story = stories.find((one) => one.slug === slug) ?? stories[0] ?? null;
    response.set("Content-Security-Policy", contentPolicy({ formAction: "'self'" }));
    sendPage(response, renderEmbedBuilder({ ...page, stories, story, choice }));
  });
  return router;
}

/** As Subresource Integrity writes it. */
function integrityOf({ manifest, files }: Assets): string {
  const file = manifest["live-story.js"]?.split("/").at(-1) ?? "";
  const hash = createHash("sha384").update(files.get(file)?.bytes ?? "");
  return `sha384-${hash.digest("base64")}`;
}
