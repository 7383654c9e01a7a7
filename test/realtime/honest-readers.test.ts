import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import type { Config } from "../../src/config.ts";
import { STORIES_PER_SOCKET } from "../../src/protocol/limits.ts";
import { BareSocket, CLOSE_FRAME, textFrame, upgradeRequest } from "../support/bare-socket.ts";
import { eventually } from "../support/eventually.ts";
import { MetricsText } from "../support/metrics.ts";
import { NO_LIMITS, TestService } from "../support/service.ts";
import { TestReader } from "../support/socket-reader.ts";

const POLLING = "/socket.io/?EIO=4&transport=polling";

async function start(t: TestContext, settings: Partial<Config>): Promise<TestService> {
  const service = await TestService.start(settings);
  t.after(() => service.close());
  return service;
}

const hostileTo = async ({ url }: TestService) => (await MetricsText.read(url)).value("dateline_hostile_total");

/** A reader that is told that it may not come in, and whose connection is then ended. */
async function isRefused(service: TestService): Promise<void> {
  const refused = await BareSocket.open(service.url, upgradeRequest(""));
  await refused.hears('"sid"');
  refused.socket.write(textFrame("40"));
  await refused.hears("44{");
  await refused.hears(CLOSE_FRAME);
  refused.socket.destroy();
}

test("a reader for whom there is no place is not taken for a hostile one", async (t) => {
  const service = await start(t, { limits: { ...NO_LIMITS, connections: 0 } });
  await isRefused(service);
  assert.equal(await hostileTo(service), 0);
});

test("nor is one that comes to a node that drains", async (t) => {
  const service = await start(t, { drainMs: 5_000 });
  const staying = await BareSocket.open(service.url, upgradeRequest(""));
  await staying.hears('"sid"');
  staying.socket.write(textFrame("40"));
  await staying.hears("40{");
  const closed = service.stop();
  await staying.hears('["goodbye"');
  await isRefused(service);
  assert.equal(await hostileTo(service), 0);
  staying.socket.destroy();
  await closed;
});

test("nor one whose page may not connect, nor one that knows a session of another node", async (t) => {
  const service = await start(t, { allowedOrigins: ["https://partner.example"] });
  const stranger = { Origin: "https://stranger.example" };
  const request = upgradeRequest("").replace("\r\n", `\r\nOrigin: ${stranger.Origin}\r\n`);
  const socket = await BareSocket.open(service.url, request);
  await socket.ends();
  assert.match(socket.heard, /^HTTP\/1\.1 400 /);
  assert.equal((await fetch(`${service.url}${POLLING}`, { headers: stranger })).status, 403);
  assert.equal((await fetch(`${service.url}${POLLING}&sid=AAAAAAAAAAAAAAAAAAAA`)).status, 400);
  const elsewhere = await BareSocket.open(service.url, upgradeRequest("&sid=AAAAAAAAAAAAAAAAAAAA"));
  await elsewhere.ends();
  assert.equal(await hostileTo(service), 0);
});

test("nor those who come when very many are being refused", async (t) => {
  const service = await start(t, { limits: { ...NO_LIMITS, connections: 0 } });
  const refused = await Promise.all(
    Array.from({ length: 1_000 }, () => BareSocket.open(service.url, upgradeRequest(""))),
  );
  t.after(() => refused.forEach(({ socket }) => void socket.destroy()));
  await Promise.all(refused.map((one) => one.hears('"sid"')));
  assert.equal((await fetch(`${service.url}${POLLING}`)).status, 503);
  assert.equal(await hostileTo(service), 0);
});

test("a page full of embeds may join, leave and join all of them at once", async (t) => {
  const service = await start(t, {});
  const reader = await TestReader.connect(service.url);
  t.after(() => reader.close());
  const slugs = Array.from({ length: STORIES_PER_SOCKET }, (_, n) => `story-${n}`);
  const asked = ["join", "leave", "join"].flatMap((event) =>
    slugs.map((story) => reader.socket.emitWithAck(event as "join", { story })),
  );
  assert.equal((await Promise.all(asked)).length, 3 * STORIES_PER_SOCKET);
  assert.equal(await hostileTo(service), 0);
});

test("a connection that asks for far too much at once counts once", async (t) => {
  const service = await start(t, {});
  const greedy = await BareSocket.open(service.url, upgradeRequest(""));
  await greedy.hears('"sid"');
  greedy.socket.write(textFrame("40"));
  await greedy.hears("40{");
  greedy.socket.write(Buffer.concat(Array.from({ length: 900 }, (_, n) => textFrame(`42${n}["join",{"story":"a"}]`))));
  await greedy.ends();
  const read = () => hostileTo(service);
  assert.equal(await eventually(read, (count) => count > 0), 1);
});
