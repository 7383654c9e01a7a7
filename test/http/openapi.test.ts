import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { after, before, test } from "node:test";
import { promisify } from "node:util";
import { type AppOptions, createApp } from "../../src/http/app.ts";
import { createExpress } from "../../src/http/express.ts";
import { loadAssets, loadEmbedAssets } from "../../src/pages/assets.ts";
import type { JsonSchema, MediaType } from "../../src/protocol/openapi.ts";
import { assertConforms, DOCUMENT } from "../support/described.ts";
import { ADMIN_KEY, TestService } from "../support/service.ts";

const run = promisify(execFile);

let service: TestService;
before(async () => {
  service = await TestService.start();
});
after(() => service.close());

/** As much of the router's own as tells its routes. */
type Layer = {
  route?: { path: string | RegExp; methods: Record<string, boolean> };
  handle: { stack?: Layer[] };
  match(path: string): { path: string } | false;
};
/** What is left of a path where a router stands; null where that router does not hear of it. */
type Below = (path: string) => string | null;
type Route = { method: string; path: string | RegExp; below: Below };

function routesOf(layers: Layer[], below: Below): Route[] {
  return layers.flatMap((layer): Route[] => {
    const { route } = layer;
    if (route) return Object.keys(route.methods).map((method) => ({ method, path: route.path, below }));
    return routesOf(layer.handle.stack ?? [], (path) => {
      const rest = below(path);
      const matched = rest !== null && layer.match(rest);
      return matched ? `/${rest.slice(matched.path.length).replace(/^\//, "")}` : null;
    });
  });
}

function takes(
  { path: own, method: ownMethod, below }: Route,
  { method, path }: { method: string; path: string },
): boolean {
  const rest = below(path.replace(/\{(\w+)\}/g, ":$1"));
  return method === ownMethod && rest !== null && (own instanceof RegExp ? own.test(rest) : own === rest);
}

/** Its routes are what counts: what they are built on is never asked. */
function application() {
  const publisher = { name: "The Daily Test", logoUrl: null };
  const parts = {
    ...createExpress(),
    publisher,
    assets: loadAssets(),
    embed: loadEmbedAssets(),
    readRate: {},
    site: "http://localhost:3000",
    health: { version: "0" },
    logger: {},
  };
  return createApp(parts as unknown as AppOptions);
}

test("every route is in the OpenAPI document, and whatever is in the document is a route", () => {
  const routes = routesOf((application().routes.router as unknown as { stack: Layer[] }).stack, (path) => path);
  const calls = Object.entries(DOCUMENT.paths).flatMap(([path, item]) =>
    Object.keys(item).map((method) => ({ method, path })),
  );
  const undescribed = routes.filter((route) => !calls.some((call) => takes(route, call)));
  assert.deepEqual(undescribed, []);
  assert.deepEqual(
    calls.filter((call) => !routes.some((route) => takes(route, call))),
    [],
  );
});

test("every example of the document is what its schema says", () => {
  let count = 0;
  const check = ({ schema, example }: MediaType, what: string) => {
    if (example === undefined) return;
    assertConforms(example, schema, what);
    count += 1;
  };
  for (const item of Object.values(DOCUMENT.paths)) {
    for (const { operationId, requestBody, responses } of Object.values(item)) {
      const contents = [requestBody?.content ?? {}, ...Object.values(responses).map(({ content = {} }) => content)];
      for (const content of contents) for (const media of Object.values(content)) check(media, operationId);
    }
  }
  assert.ok(count >= 20, `${count} examples`);
});

test("every operation has an id of its own, and every reference leads somewhere", () => {
  const ids = Object.values(DOCUMENT.paths).flatMap((item) =>
    Object.values(item).map(({ operationId }) => operationId),
  );
  assert.equal(new Set(ids).size, ids.length);
  const text = JSON.stringify(DOCUMENT);
  for (const [, name = ""] of text.matchAll(/#\/components\/schemas\/(\w+)/g)) {
    assert.ok(name in DOCUMENT.components.schemas, name);
  }
});

test("what requests may hold is said by the schemas that check it", () => {
  const schema = (name: string): JsonSchema => DOCUMENT.components.schemas[name] ?? {};
  const { headline, slug, timeZone } = schema("StoryDraft").properties ?? {};
  assert.deepEqual([headline?.maxLength, slug?.pattern, timeZone?.type], [300, "^[a-z0-9]+(-[a-z0-9]+)*$", "string"]);
  assert.deepEqual(schema("StoryDraft").required, ["slug", "headline", "timeZone"]);
  assert.equal(schema("EntryDraft").properties?.markdown?.maxLength, 20_000);
  const [limit] =
    DOCUMENT.paths["/api/v1/stories/{slug}"]?.get?.parameters.filter(({ name }) => name === "limit") ?? [];
  assert.deepEqual(limit?.schema, { type: "integer", minimum: 1, maximum: 200, default: 50 });
  assert.equal(limit?.required, false);
});

test("/openapi.json is the document of this service, for any site, and is asked for again only when it has changed", async () => {
  const answer = await service.call("GET", "//openapi.json", { key: null });
  const document = JSON.parse(answer.text) as typeof DOCUMENT;
  assert.deepEqual([document.openapi, document.info.version], ["3.1.1", "0.0.0-test"]);
  assert.deepEqual(document.servers, [{ url: service.url }]);
  assert.equal(answer.headers.get("access-control-allow-origin"), "*");
  const held = { "If-None-Match": answer.headers.get("etag") ?? "" };
  assert.equal((await service.call("GET", "//openapi.json", { key: null, headers: held })).status, 304);
});

test("the commands of /docs work when pasted one after the other", async () => {
  const { text } = await service.call("GET", "//docs", { key: null });
  const commands = [...text.matchAll(/<pre class="curl"><code>(.*?)<\/code><\/pre>/gs)].map(([, html = ""]) => html);
  assert.ok(commands.length >= 25, `${commands.length} commands`);
  const pasted = commands.join("\n\n").replaceAll("&quot;", '"').replaceAll("&lt;", "<").replaceAll("&amp;", "&");
  // A stream goes on until the time that its command gives it is over.
  const strict = 'set -eo pipefail\ncurl() { command curl --fail "$@" || [ $? = 28 ]; }\n';
  const shell = `${strict}${pasted}\necho done`;
  const { stdout } = await run("bash", ["-c", shell], { env: { ...process.env, ADMIN_KEY } });
  assert.ok(stdout.includes("event: snapshot"));
  assert.ok(stdout.endsWith("done\n"), stdout.slice(-200));
  assert.equal((await service.call("GET", "/stories/election-night", { key: null })).body.code, "story_removed");
});
