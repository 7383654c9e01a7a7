import { type Request, type Response, Router } from "express";
import type { Asset, Assets } from "../../pages/assets.ts";
import { Problem } from "../../protocol/problem.ts";
import { answerUnchanged } from "../read-headers.ts";
import { acceptedEncoding } from "../shared-body.ts";

const IMMUTABLE = "public, max-age=31536000, immutable";

/** What pages are made of. An asset's name changes with its content, so whoever has it never asks again. */
export function assetRoutes({ files }: Assets): Router {
  const router = Router();
  router.get("/:file", (request, response) => {
    response.set("Cache-Control", IMMUTABLE);
    sendAsset(request, response, files.get(String(request.params.file)));
  });
  return router;
}

/** An embed is as old as this at most when its service is upgraded. */
const EVERGREEN = "public, max-age=300, stale-while-revalidate=3600";

/** The same for other sites, whose pages may load it whatever they isolate themselves from. */
export function embedAssetRoutes({ manifest, files }: Assets): Router {
  const router = Router();
  router.get("/:file", (request, response) => {
    response.set("Access-Control-Allow-Origin", "*").set("Cross-Origin-Resource-Policy", "cross-origin");
    const name = String(request.params.file);
    // A stranger may ask for what every object has.
    const address = Object.hasOwn(manifest, name) ? manifest[name] : undefined;
    const evergreen = files.get(address?.split("/").at(-1) ?? "");
    if (!evergreen) {
      response.set("Cache-Control", IMMUTABLE);
      return sendAsset(request, response, files.get(name));
    }
    const etag = `"${evergreen.integrity}"`;
    response.set("Cache-Control", EVERGREEN);
    if (answerUnchanged(request, response, etag)) return;
    sendAsset(request, response, evergreen);
  });
  return router;
}

function sendAsset(request: Request, response: Response, asset: Asset | undefined): void {
  if (!asset) throw new Problem("not_found", "There is no such file.");
  const { bytes, contentType, gzip, brotli } = asset;
  const encoding = acceptedEncoding(request);
  const body = { br: brotli, gzip, identity: null }[encoding];
  if (body) response.set("Content-Encoding", encoding);
  response
    .vary("Accept-Encoding")
    .set("Content-Type", contentType)
    .send(body ?? bytes);
}
