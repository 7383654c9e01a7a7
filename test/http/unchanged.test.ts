import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { TestService } from "../support/service.ts";

let service: TestService;
before(async () => {
  service = await TestService.start();
  await service.createStory();
  await service.publish("story");
});
after(() => service.close());

const WAYS = [
  ...["/stories/story", "//stories/story", "//stories/story/feed.json", "//stories/story/feed.atom"],
  ...["//embed/story?limit=2", "//embed/story.json?limit=2", "//embed/v1/live-story.js"],
];
/** What caches keep an answer by. (RFC 9110, 15.4.5) */
const KEPT_BY = ["cache-control", "etag", "vary", "access-control-allow-origin"];

for (const way of WAYS) {
  test(`a 304 to ${way} says of caching what the whole answer says`, async () => {
    const ask = (headers = {}) => service.call("GET", way, { key: null, headers });
    const whole = await ask();
    const etag = whole.headers.get("etag") ?? "";
    const unchanged = await ask({ "If-None-Match": etag });
    assert.deepEqual([whole.status, unchanged.status, unchanged.text], [200, 304, ""]);
    const said = ({ headers }: { headers: Headers }) => KEPT_BY.map((name) => headers.get(name));
    assert.ok(whole.headers.get("cache-control") && whole.headers.get("vary") && etag);
    assert.deepEqual(said(unchanged), said(whole));
  });
}

test("[S6] a frame is drawn once for each state of its story, and anew when something was withdrawn", async () => {
  const { id } = await service.publish("story", { headline: "Withdrawn words" });
  const frame = async (query: string) => (await service.call("GET", `//embed/story${query}`, { key: null })).text;
  assert.ok((await frame("?theme=dark")).includes("Withdrawn words"));
  assert.notEqual(await frame("?theme=dark"), await frame("?theme=light"));
  assert.notEqual(await frame("?limit=1"), await frame("?limit=2"));
  await service.call("DELETE", `/stories/story/entries/${id}`);
  assert.ok(!(await frame("?theme=dark")).includes("Withdrawn words"));
});
