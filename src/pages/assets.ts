import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { extname } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

/** From the name of an asset, `live-page.js`, to its address, `/assets/live-page-CHPcXz1k.js`. */
export type AssetManifest = Readonly<Record<string, string>>;

export type Asset = {
  bytes: Buffer;
  contentType: string;
  /** Null for what is compressed already. */
  gzip: Buffer | null;
  brotli: Buffer | null;
  /** Of its bytes, as Subresource Integrity writes it. */
  integrity: string;
};

export type Assets = {
  manifest: AssetManifest;
  /** By file name, as in `/assets/:file`. The name changes with the content, so an answer holds for ever. */
  files: ReadonlyMap<string, Asset>;
};

const CONTENT_TYPES: Record<string, string> = {
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
  ".woff2": "font/woff2",
};

/** Written by the bundler beside this code. */
const BUILT = new URL("../../", import.meta.url);

type BuildManifest = { names: Record<string, string>; files: string[] };

/** What the service's own pages are made of. */
export function loadAssets(): Assets {
  return loadBuilt("assets", "/assets");
}

/** What other sites load to embed stories, or to follow them by themselves. */
export function loadEmbedAssets(): Assets {
  const [embed, client] = [loadBuilt("embed", EMBED_PATH), loadBuilt("client", EMBED_PATH)];
  return { manifest: { ...embed.manifest, ...client.manifest }, files: new Map([...embed.files, ...client.files]) };
}

export const EMBED_PATH = "/embed/v1";

/** @throws when it was not built. */
function loadBuilt(name: string, path: string): Assets {
  const directory = new URL(`${name}/`, BUILT);
  const { names, files } = JSON.parse(readFileSync(new URL("manifest.json", directory), "utf8")) as BuildManifest;
  return {
    manifest: Object.fromEntries(Object.entries(names).map(([asset, file]) => [asset, `${path}/${file}`])),
    files: new Map(files.map((file) => [file, loadAsset(new URL(file, directory))])),
  };
}

function loadAsset(file: URL): Asset {
  const bytes = readFileSync(file);
  const extension = extname(file.pathname);
  const contentType = CONTENT_TYPES[extension] ?? "application/octet-stream";
  const integrity = `sha384-${createHash("sha384").update(bytes).digest("base64")}`;
  if (extension === ".woff2") return { bytes, contentType, gzip: null, brotli: null, integrity };
  const brotli = brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length } });
  return { bytes, contentType, gzip: gzipSync(bytes, { level: 9 }), brotli, integrity };
}
