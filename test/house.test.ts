import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const BIOME = fileURLToPath(new URL("../../node_modules/@biomejs/biome/bin/biome", import.meta.url));

type Finding = { path: string; rule: string };

/** What the linter finds in a checkout that consists of these files alone. */
function lint(files: Record<string, string>): Finding[] {
  const checkout = mkdtempSync(join(tmpdir(), "dateline-house-"));
  try {
    for (const file of ["biome.json", "package.json", ".gitignore"]) cpSync(join(ROOT, file), join(checkout, file));
    for (const [path, code] of Object.entries(files)) {
      mkdirSync(dirname(join(checkout, path)), { recursive: true });
      writeFileSync(join(checkout, path), code);
    }
    const args = [BIOME, "lint", "--reporter=json", "--max-diagnostics=none"];
    const { stdout } = spawnSync(process.execPath, args, { cwd: checkout, encoding: "utf8" });
    const report = JSON.parse(stdout) as { diagnostics: { category: string; location: { path: string } }[] };
    return report.diagnostics.map(({ category, location }) => ({
      path: location.path,
      rule: category.split("/").at(-1) ?? "",
    }));
  } finally {
    rmSync(checkout, { recursive: true });
  }
}

const FORBIDDEN: [path: string, imported: string][] = [
  ["src/protocol/a.ts", "../store/timeline-store.ts"],
  ["src/protocol/a.ts", "node:fs"],
  ["src/store/a.ts", "../editorial/desk.ts"],
  ["src/store/sqlite/a.ts", "../../feed/feeds.ts"],
  ["src/editorial/a.ts", "../http/app.ts"],
  ["src/editorial/a.ts", "../store/sqlite/open.ts"],
  ["src/editorial/a.ts", "express"],
  ["src/feed/a.ts", "../realtime/rooms.ts"],
  ["src/realtime/a.ts", "../store/timeline-store.ts"],
  ["src/realtime/a.ts", "express"],
  ["src/view/a.tsx", "../pages/live-page.tsx"],
  ["src/pages/a.tsx", "../feed/feeds.ts"],
  ["src/http/a.ts", "../realtime/rooms.ts"],
  ["src/http/a.ts", "engine.io"],
  ["src/client/a.ts", "../pages/assets.ts"],
  ["src/client/a.ts", "node:fs"],
  ["src/http/a.ts", "../service.ts"],
  ["src/http/a.ts", "../logger.ts"],
  ["src/workers/a.ts", "../http/app.ts"],
  ["src/store/a.ts", "../workers/crew.ts"],
  ["src/http/a.ts", "../workers/crew.ts"],
  ["src/cli/a.ts", "../http/app.ts"],
  ["src/cli/a.ts", "../workers/crew.ts"],
  ["src/cli/a.ts", "../service.ts"],
  ["client-demo/newsroom/a.ts", "../../src/protocol/shapes.ts"],
];
const ALLOWED: [path: string, imported: string][] = [
  ["src/store/sqlite/a.ts", "../../protocol/shapes.ts"],
  ["src/feed/a.ts", "../store/timeline-store.ts"],
  ["src/realtime/a.ts", "../feed/feeds.ts"],
  ["src/realtime/a.ts", "engine.io"],
  ["src/http/routes/a.ts", "../../pages/assets.ts"],
  ["src/client/a.ts", "../view/strings.ts"],
  ["src/cli/a.ts", "../store/open-stores.ts"],
  ["src/cli/a.ts", "../config.ts"],
  ["src/workers/a.ts", "../service.ts"],
  ["src/workers/a.ts", "../store/open-stores.ts"],
  ["test/feed/a.ts", "../../src/feed/feeds.ts"],
];

/** Each file imports one thing; its name says which case it is. */
function importing(cases: [path: string, imported: string][]): Record<string, string> {
  const files = cases.map(([path, imported], index) => [
    path.replace("/a.", `/a${index}.`),
    `import * as it from "${imported}";\nexport const kept = it;\n`,
  ]);
  return Object.fromEntries(files);
}

test("what a room may not import is a lint error, and what it may is none", () => {
  const found = (files: Record<string, string>) => {
    const findings = lint(files).filter(({ rule }) => rule === "noRestrictedImports");
    return new Set(findings.map(({ path }) => path));
  };
  const forbidden = importing(FORBIDDEN);
  assert.deepEqual(found(forbidden), new Set(Object.keys(forbidden)));
  assert.deepEqual(found(importing(ALLOWED)), new Set());
});

test("the environment is read by the process and by tests only, and no promise floats anywhere", () => {
  const env = "export const port = process.env.PORT;\n";
  const floating = "async function save(): Promise<void> {}\nexport function run(): void {\n  save();\n}\n";
  const findings = lint({
    ...{ "src/http/env.ts": env, "src/main.ts": env, "src/cli/env.ts": env, "test/env.ts": env },
    ...{ "src/feed/floating.ts": floating, "test/feed/floating.ts": floating },
  });
  const pathsOf = (wanted: string) => findings.filter(({ rule }) => rule === wanted).map(({ path }) => path);
  assert.deepEqual(pathsOf("noProcessEnv"), ["src/http/env.ts"]);
  assert.deepEqual(pathsOf("noFloatingPromises").sort(), ["src/feed/floating.ts", "test/feed/floating.ts"]);
});
