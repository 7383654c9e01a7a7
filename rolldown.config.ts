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

const CSS_IMPORT = /@import "(.+?)";\n/g;
const CSS_URL = /url\("(.+?)"\)/g;

/** One style sheet out of its parts, beside the files it uses, each named after its content. */
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
      const text = withParts(join(VIEW, "dateline.css")).replace(CSS_URL, (whole, file: string) => {
        const reference = emitted.get(file);
        return reference ? `url("${this.getFileName(reference)}")` : whole;
      });
      this.emitFile({ type: "asset", name: "dateline.css", source: text.replace(/\/\*.*?\*\/\s*/gs, "") });
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

export default defineConfig({
  input: { "live-page": "src/client/live-page.tsx" },
  platform: "browser",
  transform: { target: "es2022" },
  plugins: [styles(), manifest()],
  output: {
    dir: "dist/assets",
    cleanDir: true,
    minify: true,
    entryFileNames: "[name]-[hash].js",
    chunkFileNames: "[name]-[hash].js",
    assetFileNames: "[name]-[hash][extname]",
  },
});
