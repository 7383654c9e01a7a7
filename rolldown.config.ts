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

/** Every page has the first or, in a frame, the second; the last comes beside it. */
const STYLE_SHEETS = {
  "dateline.css": "dateline.css",
  "embed-frame.css": "embed-frame.css",
  "reference.css": "styles/reference.css",
};

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
        const source = withParts(join(VIEW, file)).replace(CSS_URL, (whole, used: string) => {
          const reference = emitted.get(used);
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
    plugins: [...plugins, manifest()],
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
      "embed-refusal": "src/client/embed/embed-refusal.ts",
      "embed-builder": "src/client/embed/embed-builder.ts",
    },
    plugins: [styles()],
  }),
  bundle({ dir: "dist/embed", input: { "live-story": "src/client/embed/live-story.ts" }, plugins: [styleTexts()] }),
  // What others follow stories with. A package names its files for good.
  bundle({ dir: "dist/client", input: { "connect-story": "src/client/connect-story.ts" }, entries: "[name].js" }),
];
