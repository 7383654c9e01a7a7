import { readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { defineConfig, type OutputBundle, type Plugin, type PluginContext } from "rolldown";

const VIEW = join(import.meta.dirname, "src/view");

/** Files that pages name as they are; style sheets may name them too. */
const STATIC_FILES = [
  "icon.svg",
  "fonts/newsreader.woff2",
  "fonts/newsreader-italic.woff2",
  "fonts/libre-franklin.woff2",
];
const STYLE_SHEETS = ["dateline.css", "embed-frame.css"];

const CSS_IMPORT = /@import "(.+?)";\n/g;
const CSS_URL = /url\("(.+?)"\)/g;

/** Style sheets out of their parts, beside the files they use, each named after its content. */
function styles(): Plugin {
  const emitted = new Map<string, string>();
  return {
    name: "styles",
    buildStart() {
      for (const file of STATIC_FILES) {
        const source = readFileSync(join(VIEW, file));
        emitted.set(file, this.emitFile({ type: "asset", name: basename(file), source }));
      }
    },
    generateBundle() {
      for (const name of STYLE_SHEETS) {
        const source = withParts(join(VIEW, name)).replace(CSS_URL, (whole, file: string) => {
          const reference = emitted.get(file);
          return reference ? `url("${this.getFileName(reference)}")` : whole;
        });
        this.emitFile({ type: "asset", name, source: withoutComments(source) });
      }
    },
  };
}

/** Style sheets that are imported by code: as their text, without what only people read. */
function styleTexts(): Plugin {
  return {
    name: "style-texts",
    load(id) {
      if (!id.endsWith(".css")) return null;
      const text = withoutComments(withParts(id))
        .replace(/\s+/g, " ")
        .replace(/ ?([{};,]) ?/g, "$1");
      return { code: `export default ${JSON.stringify(text.trim())}`, moduleType: "js" };
    },
  };
}

function withParts(file: string): string {
  return readFileSync(file, "utf8").replace(CSS_IMPORT, (_, part: string) => withParts(join(dirname(file), part)));
}

function withoutComments(css: string): string {
  return css.replace(/\/\*.*?\*\/\s*/gs, "");
}

/** What the server reads: the file of every asset that is asked for by name, and all files that may be asked for. */
function manifest(): Plugin {
  return {
    name: "manifest",
    generateBundle: {
      order: "post",
      handler(this: PluginContext, _, bundle: OutputBundle) {
        const names: Record<string, string> = {};
        for (const output of Object.values(bundle)) {
          const name = output.type === "asset" ? output.names[0] : output.isEntry ? `${output.name}.js` : undefined;
          if (name) names[name] = output.fileName;
        }
        const source = JSON.stringify({ names, files: Object.keys(bundle) }, null, 2);
        this.emitFile({ type: "asset", fileName: "manifest.json", source });
      },
    },
  };
}

/** By module: what stands in its place. Readers exchange JSON over a WebSocket to one address, and reconnect by themselves. */
const UNUSED_PARTS: Record<string, string> = {
  "engine.io-client/build/esm/transports/polling-xhr.js": "export class XHR {}",
  "engine.io-client/build/esm/transports/webtransport.js": "export class WT {}",
  "engine.io-client/build/esm/contrib/parseuri.js": `export function parse(text) {
    const { protocol, hostname, port } = new URL(text);
    return { source: text, protocol: protocol.slice(0, -1), host: hostname.replace(/[[\\]]/g, ""), port, path: "/", query: "" };
  }`,
  "engine.io-parser/build/esm/contrib/base64-arraybuffer.js": "export function decode() {}",
  "engine.io-parser/build/esm/encodePacket.browser.js": `import { PACKET_TYPES } from "./commons.js";
    export const encodePacket = ({ type, data }, _, callback) => callback(PACKET_TYPES[type] + (data || ""));
    export function encodePacketToBinary() {}`,
  "socket.io-parser/build/esm/binary.js":
    "export function deconstructPacket() {} export function reconstructPacket() {}",
};

/** Leaves out what would never run in a reader's browser. */
function withoutUnusedParts(): Plugin {
  return {
    name: "without-unused-parts",
    load(id) {
      const [, path = ""] = /.*\/node_modules\/(.+)$/.exec(id) ?? [];
      return UNUSED_PARTS[path] ?? null;
    },
  };
}

type Bundle = {
  input: Record<string, string>;
  dir: string;
  plugins?: Plugin[];
  /** Names of entries. @default with their content's hash */
  entries?: string;
};

function bundle({ input, dir, plugins = [], entries = "[name]-[hash].js" }: Bundle) {
  return defineConfig({
    input,
    platform: "browser",
    transform: { target: "es2022" },
    plugins: [withoutUnusedParts(), ...plugins, manifest()],
    output: {
      dir,
      cleanDir: true,
      minify: true,
      entryFileNames: entries,
      chunkFileNames: "[name]-[hash].js",
      assetFileNames: "[name]-[hash][extname]",
    },
  });
}

/** Apart from each other, so that none waits for code that only another needs. */
export default [
  bundle({
    dir: "dist/assets",
    input: {
      "live-page": "src/client/live-page.tsx",
      "embed-frame": "src/client/embed/embed-frame.ts",
      "embed-builder": "src/client/embed/embed-builder.ts",
    },
    plugins: [styles()],
  }),
  bundle({ dir: "dist/embed", input: { "live-story": "src/client/embed/live-story.ts" }, plugins: [styleTexts()] }),
  // What others follow stories with. A package names its files for good.
  bundle({ dir: "dist/client", input: { "connect-story": "src/client/connect-story.ts" }, entries: "[name].js" }),
];
