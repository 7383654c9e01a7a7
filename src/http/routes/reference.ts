import { createHash } from "node:crypto";
import { type Request, type Response, Router } from "express";
import type { Assets } from "../../pages/assets.ts";
import type { Publisher } from "../../pages/document.tsx";
import { renderReferencePage } from "../../pages/reference-page.tsx";
import { openApiDocument } from "../openapi/document.ts";
import { isFresh } from "../read-headers.ts";

export type ReferenceOptions = { site: string; version: string; publisher: Publisher; assets: Assets };

/** What the service answers, for programs and for people. Made once: nothing of it changes while the service runs. */
export function referenceRoutes({ site, version, publisher, assets }: ReferenceOptions): Router {
  const document = openApiDocument(site, version);
  const json = Buffer.from(JSON.stringify(document));
  const page = Buffer.from(renderReferencePage({ document, publisher, assets: assets.manifest }));
  const router = Router();
  router.get("/openapi.json", (request, response) => {
    response.set("Access-Control-Allow-Origin", "*");
    answer(request, response, json, "json");
  });
  router.get("/docs", (request, response) => answer(request, response, page, "html"));
  return router;
}

function answer(request: Request, response: Response, body: Buffer, type: string): void {
  const etag = `"${createHash("sha256").update(body).digest("base64url").slice(0, 16)}"`;
  response.set("Cache-Control", "public, max-age=60").set("ETag", etag);
  if (isFresh(request, etag)) response.status(304).end();
  else response.type(type).send(body);
}
