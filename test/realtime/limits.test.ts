import "../support/web-socket.ts";
import assert from "node:assert/strict";
import { once } from "node:events";
import { type TestContext, test } from "node:test";
import { io } from "socket.io-client";
import { shareConnections } from "../../src/client/connection.ts";
import { hostEnvironment, type Sign } from "../../src/client/connection-environment.ts";
import type { LivenessState } from "../../src/client/connection-options.ts";
import type { Limits } from "../../src/config.ts";
import { JOINS_PER_MINUTE } from "../../src/protocol/limits.ts";
import { BareSocket, CLOSE_FRAME, textFrame, upgradeRequest } from "../support/bare-socket.ts";
import { EventStream } from "../support/event-stream.ts";
import { eventually } from "../support/eventually.ts";
import { refusalsOf } from "../support/refusals.ts";
import { NO_LIMITS, TestService } from "../support/service.ts";
import { TestReader } from "../support/socket-reader.ts";

async function limited(t: TestContext, limits: Partial<Limits>, trustedProxies = 0): Promise<TestService> {
  const service = await TestService.start({ trustedProxies, limits: { ...NO_LIMITS, ...limits } });
  t.after(() => service.close());
  await service.createStory({ slug: "a" });
  return service;
}

function perAddress(most: number): Partial<Limits> {
  return { connectionsPerAddress: { each: most, thisMachine: most } };
}

type ConnectError = Error & { data?: { code: string; retryAfterMs: number } };

/** @returns what a stranger's client is told. */
async function refusalOf(service: TestService, headers = {}, transports = ["websocket"]): Promise<ConnectError> {
  const socket = io(service.url, { transports, reconnection: false, forceNew: true, extraHeaders: headers });
  const connected = once(socket as unknown as NodeJS.EventEmitter, "connect").then(() => assert.fail("It connected."));
  const [error] = await Promise.race([
    once(socket as unknown as NodeJS.EventEmitter, "connect_error") as Promise<[ConnectError]>,
    connected,
  ]);
  socket.close();
  return error;
}

function checkDelay(ms: number | undefined): void {
  assert.ok(ms !== undefined && ms >= 10_000 && ms <= 30_000, String(ms));
}

const streamOf = ({ url }: TestService) => `${url}/api/v1/stories/a/stream`;

test("a node takes so many readers, sockets and streams together, and a place that one leaves is free", async (t) => {
  const service = await limited(t, { connections: 2 });
  const reader = await TestReader.connect(service.url);
  t.after(() => reader.close());
  const stream = await EventStream.open(streamOf(service));
  await stream.next("snapshot");
  for (const transport of ["websocket", "polling"]) {
    const { data } = await refusalOf(service, {}, [transport]);
    assert.equal(data?.code, "store_unavailable");
    checkDelay(data?.retryAfterMs);
  }
  const { status, headers, body } = await service.call("GET", "/stories/a/stream", { key: null });
  assert.deepEqual([status, body.code], [503, "store_unavailable"]);
  checkDelay(Number(headers.get("retry-after")) * 1_000);
  assert.deepEqual(await refusalsOf(service), { connections: 3 });
  stream.close();
  const next = await eventually(
    () => connectOrNull(service),
    (connected) => connected !== null,
  );
  next?.close();
});

test("an address has so many connections, and others are not concerned", async (t) => {
  const service = await limited(t, perAddress(2), 1);
  const [one, other] = [{ "X-Forwarded-For": "2001:db8:1:2::1" }, { "X-Forwarded-For": "198.51.100.1" }];
  const neighbour = { "X-Forwarded-For": "2001:db8:1:2::2" };
  const reader = await TestReader.connect(service.url, one);
  t.after(() => reader.close());
  const stream = await EventStream.open(streamOf(service), neighbour);
  await stream.next("snapshot");
  const { data, message } = await refusalOf(service, one);
  assert.equal(data?.code, "rate_limited");
  checkDelay(data?.retryAfterMs);
  assert.match(message, /Your address/);
  const refused = await service.call("GET", "/stories/a/stream", { key: null, headers: one });
  assert.deepEqual([refused.status, refused.body.code], [429, "rate_limited"]);
  checkDelay(Number(refused.headers.get("retry-after")) * 1_000);
  const elsewhere = await connectOrNull(service, other);
  assert.ok(elsewhere);
  elsewhere.close();
  assert.deepEqual(await refusalsOf(service), { connections_per_address: 2 });
  stream.close();
});

test("places do not leak: not by streams that are refused, nor by readers that come and go", async (t) => {
  const service = await limited(t, perAddress(1));
  for (let round = 0; round < 5; round += 1) {
    assert.equal((await service.call("GET", "/stories/nothing/stream", { key: null })).status, 404);
    const stream = await eventually(
      () => EventStream.open(streamOf(service)),
      ({ response }) => response.ok,
    );
    await stream.next("snapshot");
    stream.close();
    const reader = await eventually(
      () => connectOrNull(service),
      (connected) => connected !== null,
    );
    reader?.close();
  }
});

function connectOrNull(service: TestService, headers = {}): Promise<TestReader | null> {
  const reader = new TestReader(service.url, headers);
  return new Promise((resolve) => {
    reader.socket.on("connect", () => resolve(reader));
    reader.socket.on("connect_error", () => resolve(null));
  });
}

test("a connection counts from its handshake on, and one that is refused is ended", async (t) => {
  const service = await limited(t, perAddress(1));
  const silent = await BareSocket.open(service.url, upgradeRequest(""));
  t.after(() => silent.socket.destroy());
  await silent.hears('"sid"');
  const refused = await BareSocket.open(service.url, upgradeRequest(""));
  await refused.hears('"sid"');
  refused.socket.write(textFrame("40"));
  await refused.hears("44{");
  assert.match(refused.heard, /"data":\{"code":"rate_limited","retryAfterMs":\d+\}/);
  refused.socket.write(textFrame("40"));
  await refused.hears(CLOSE_FRAME);
  assert.equal(refused.heard.split("44{").length, 2, "it was told once");
  refused.socket.destroy();
});

test("when very many are being refused at once, the next are told so without a handshake", async (t) => {
  const service = await limited(t, { connections: 0 });
  const refused = await Promise.all(
    Array.from({ length: 1_000 }, () => BareSocket.open(service.url, upgradeRequest(""))),
  );
  t.after(() => refused.forEach(({ socket }) => void socket.destroy()));
  await Promise.all(refused.map((one) => one.hears('"sid"')));
  const unheard = await BareSocket.open(service.url, upgradeRequest(""));
  await unheard.ends();
  assert.match(unheard.heard, /^HTTP\/1\.1 503 .*\r\nRetry-After: 30\r\n/);
  const polling = await fetch(`${service.url}/socket.io/?EIO=4&transport=polling`);
  assert.deepEqual([polling.status, polling.headers.get("retry-after")], [503, "30"]);
  assert.deepEqual(await refusalsOf(service), { connections: 1_000, handshakes: 2 });
});

test("one socket joins so often a minute; beyond, it is told to try later, and what it follows goes on", async (t) => {
  const service = await limited(t, {});
  const [flooding, other] = [await TestReader.connect(service.url), await TestReader.connect(service.url)];
  for (let joins = 0; joins < JOINS_PER_MINUTE; joins += 1) assert.ok((await flooding.join({ story: "a" })).ok);
  const reply = await flooding.join({ story: "a" });
  assert.ok(!reply.ok);
  assert.deepEqual([reply.error.code, reply.error.retryable], ["rate_limited", true]);
  assert.ok((await other.join({ story: "a" })).ok);
  await service.publish("a");
  for (const reader of [flooding, other]) assert.equal((await reader.next("changes")).to, 2);
  assert.deepEqual(await refusalsOf(service), { join_rate: 1 });
  for (const reader of [flooding, other]) reader.close();
});

test("[C2] our own client that is refused comes again when it was told to, not before, and gets in", async (t) => {
  const service = await limited(t, perAddress(1));
  const occupant = await TestReader.connect(service.url);
  const host = hostEnvironment();
  let ahead = 0;
  let attempts = 0;
  let toldMs = 0;
  let sign: (sign: Sign) => void = () => {};
  let timer: { delayMs: number; run: () => void } | null = null;
  let onRefused = () => {};
  const refused = new Promise<void>((resolve) => {
    onRefused = resolve;
  });
  let onLive = () => {};
  const live = new Promise<void>((resolve) => {
    onLive = resolve;
  });
  const connections = shareConnections({
    ...host,
    now: () => Date.now() + ahead,
    after(delayMs, run) {
      timer = { delayMs, run };
      return () => {
        timer = null;
      };
    },
    onSign(listener) {
      sign = listener;
      return () => {};
    },
    openSocket(origin, listener) {
      attempts += 1;
      return host.openSocket(origin, {
        ...listener,
        onRefused(refusal, message) {
          toldMs = (refusal as { retryAfterMs: number }).retryAfterMs;
          listener.onRefused(refusal, message);
          onRefused();
        },
      });
    },
  });
  const connection = connections.connect({
    ...{ url: service.url, story: "a", onTimeline() {} },
    onState: ({ kind }: LivenessState) => kind === "live" && onLive(),
  });
  await refused;
  checkDelay(toldMs);
  const due = timer as unknown as { delayMs: number; run: () => void };
  assert.equal(Math.round(due.delayMs / 1_000), Math.round(toldMs / 1_000));
  for (const one of ["offline", "online", "hidden", "visible"] as const) sign(one);
  assert.equal(attempts, 1);

  occupant.close();
  await eventually(
    () => fetch(`${service.url}/metrics`).then((answer) => answer.text()),
    (text) => /^dateline_connections 0$/m.test(text),
  );
  ahead = toldMs;
  (timer as unknown as { run: () => void }).run();
  await live;
  assert.equal(attempts, 2);
  connection.close();
});

test("a session is upgraded once, and to a WebSocket only", async (t) => {
  const service = await limited(t, {});
  const handshake = await (await fetch(`${service.url}/socket.io/?EIO=4&transport=polling`)).text();
  const [, sid = ""] = /"sid":"([^"]+)"/.exec(handshake) ?? [];
  const first = await BareSocket.open(service.url, upgradeRequest(`&sid=${sid}`));
  t.after(() => first.socket.destroy());
  await first.hears("101 Switching Protocols");
  first.socket.write(textFrame("2probe"));
  await first.hears("3probe");
  const second = await BareSocket.open(service.url, upgradeRequest(`&sid=${sid}`));
  await second.hears(CLOSE_FRAME);
  second.socket.destroy();
  first.socket.write(textFrame("5"));
  first.socket.write(textFrame("40"));
  await first.hears("40{");
  const third = await BareSocket.open(service.url, upgradeRequest(`&sid=${sid}`));
  await third.hears(CLOSE_FRAME);
  third.socket.destroy();
  const several = await BareSocket.open(service.url, upgradeRequest("", "websocket, h2c"));
  await several.ends();
  assert.match(several.heard, /^HTTP\/1\.1 400 /);
});
