import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { gzipSync } from "node:zlib";
import { loadEmbedAssets } from "../../src/pages/assets.ts";
import { TestService } from "../support/service.ts";

let service: TestService;
before(async () => {
  service = await TestService.start();
});
after(() => service.close());

const { manifest, files } = loadEmbedAssets();
const scripts = new Map(
  [...files].map(([file, { bytes }]) => [file.replace(/-[\w-]{8}\.js$/, ""), { file, code: String(bytes) }]),
);
const weigh = (...names: string[]) =>
  names.reduce((sum, name) => sum + gzipSync(scripts.get(name)?.code ?? "", { level: 9 }).length, 0);

test("an embed weighs 12 kB at most until the reader is near, and 28 kB with the socket", () => {
  const [before, after] = [weigh("live-story"), weigh("live-story", "embed-view")];
  assert.ok(before > 500 && before <= 12_000, `${before} bytes of gzip before`);
  assert.ok(after > 10_000 && after <= 28_000, `${after} bytes of gzip in all`);
});

test("the loader is served under two names, so that nothing that it loads may load it in turn", () => {
  assert.doesNotMatch(scripts.get("embed-view")?.code ?? "", /live-story-[\w-]{8}\.js/);
});

test("the loader is there under a name that stays, for a short time, and under one that names its content, for ever", async () => {
  const pinned = `${service.url}${manifest["live-story.js"]}`;
  const evergreen = await fetch(`${service.url}/embed/v1/live-story.js`);
  const immutable = await fetch(pinned);
  assert.equal(await evergreen.text(), await immutable.text());
  assert.equal(evergreen.headers.get("cache-control"), "public, max-age=300, stale-while-revalidate=3600");
  assert.equal(immutable.headers.get("cache-control"), "public, max-age=31536000, immutable");
  const etag = evergreen.headers.get("etag") ?? "";
  const again = await fetch(evergreen.url, { headers: { "If-None-Match": etag } });
  assert.equal(again.status, 304);
});

test("any site may load what an embed is made of, also one that isolates itself", async () => {
  for (const file of ["live-story.js", ...files.keys()]) {
    const { status, headers } = await fetch(`${service.url}/embed/v1/${file}`);
    assert.equal(status, 200, file);
    assert.equal(headers.get("access-control-allow-origin"), "*", file);
    assert.equal(headers.get("cross-origin-resource-policy"), "cross-origin", file);
    assert.match(headers.get("content-type") ?? "", /^text\/javascript/, file);
  }
  const gone = await fetch(`${service.url}/embed/v1/live-story-00000000.js`);
  assert.deepEqual([gone.status, gone.headers.get("cache-control")], [404, "no-store"]);
  for (const name of ["constructor", "toString", "__proto__"]) {
    assert.equal((await fetch(`${service.url}/embed/v1/${name}`)).status, 404, name);
  }
});
