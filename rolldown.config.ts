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

/** The first is every page's, the others come beside it. */
const STYLE_SHEETS = { "dateline.css": "dateline.css", "reference.css": "styles/reference.css" };

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
      for (const [name, file] of Object.entries(STYLE_SHEETS)) {
        const text = withParts(join(VIEW, file)).replace(CSS_URL, (whole, used: string) => {
          const reference = emitted.get(used);
          return reference ? `url("${this.getFileName(reference)}")` : whole;
        });
        this.emitFile({ type: "asset", name, source: text.replace(/\/\*.*?\*\/\s*/gs, "") });
      }
    },
  };
}

function withParts(file: string): string {
  return readFileSync(file, "utf8").replace(CSS_IMPORT, (_, part: string) => withParts(join(dirname(file), part)));
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

/** Readers connect by WebSocket alone: the other transports of engine.io-client would never run. */
function webSocketOnly(): Plugin {
  const unused: Record<string, string> = { "polling-xhr": "XHR", webtransport: "WT" };
  return {
    name: "websocket-only",
    load(id) {
      const [, transport] = /engine\.io-client\/build\/esm\/transports\/(.+)\.js$/.exec(id) ?? [];
      const name = unused[transport ?? ""];
      return name ? `export class ${name} {}` : null;
    },
  };
}

export default defineConfig({
  input: { "live-page": "src/client/live-page.tsx" },
  platform: "browser",
  transform: { target: "es2022" },
  plugins: [webSocketOnly(), styles(), manifest()],
  output: {
    dir: "dist/assets",
    cleanDir: true,
    minify: true,
    entryFileNames: "[name]-[hash].js",
    chunkFileNames: "[name]-[hash].js",
    codeSplitting: { groups: [{ name: "socket.io", test: /node_modules\/(@socket\.io|socket\.io|engine\.io)/ }] },
    assetFileNames: "[name]-[hash][extname]",
  },
});
