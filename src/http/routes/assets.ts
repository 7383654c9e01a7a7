import { Router } from "express";
import type { Assets } from "../../pages/assets.ts";
import { Problem } from "../../protocol/problem.ts";
import { acceptedEncoding } from "../shared-body.ts";

/** What pages are made of. An asset's name changes with its content, so whoever has it never asks again. */
export function assetRoutes({ files }: Assets): Router {
  const router = Router();
  router.get("/:file", (request, response) => {
    const asset = files.get(String(request.params.file));
    if (!asset) throw new Problem("not_found", "There is no such file.");
    const { bytes, contentType, gzip, brotli } = asset;
    const encoding = acceptedEncoding(request);
    const body = { br: brotli, gzip, identity: null }[encoding];
    if (body) response.set("Content-Encoding", encoding);
    response.vary("Accept-Encoding").set("Cache-Control", "public, max-age=31536000, immutable");
    response.set("Content-Type", contentType).send(body ?? bytes);
  });
  return router;
}
