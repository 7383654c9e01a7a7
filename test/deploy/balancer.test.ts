import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { EventStream } from "../support/event-stream.ts";
import { eventually } from "../support/eventually.ts";
import { freePort } from "../support/free-port.ts";
import { deployedConfiguration, HaproxyProcess } from "../support/haproxy-process.ts";
import { NodeProcess } from "../support/node-process.ts";
import { OwnReader } from "../support/own-reader.ts";
import { RedisServer } from "../support/redis-server.ts";
import { ADMIN_KEY } from "../support/service.ts";
import { TestReader } from "../support/socket-reader.ts";

const DRAIN_SECONDS = "5";

let nodes: NodeProcess[];
let url = "";
const stops: (() => Promise<unknown>)[] = [];

before(async () => {
  const redis = await RedisServer.start({ appendOnly: true });
  stops.push(() => redis.stop());
  const port = await freePort();
  url = `http://127.0.0.1:${port}`;
  const environment = { REDIS_URL: redis.url, PUBLIC_URL: url, DRAIN_SECONDS };
  const [one, other] = await Promise.all([NodeProcess.start(environment), NodeProcess.start(environment)]);
  nodes = [one, other];
  for (const node of nodes) stops.push(() => node.end("SIGKILL"));
  const balancer = await HaproxyProcess.start(deployedConfiguration({ port, nodes: [one.port, other.port] }), url);
  stops.push(() => balancer.stop());
  const story = { slug: "night", headline: "A long night", timeZone: "America/Chicago", status: "live" };
  assert.equal((await post("/stories", story)).status, 201);
});
after(async () => {
  for (const stop of stops.reverse()) await stop();
});

function post(path: string, body: object): Promise<Response> {
  const headers = { Authorization: `Bearer ${ADMIN_KEY}`, "Content-Type": "application/json" };
  return fetch(`${url}/api/v1${path}`, { method: "POST", headers, body: JSON.stringify(body) });
}

async function publish(markdown: string): Promise<string> {
  const response = await post("/stories/night/entries", { markdown });
  const body = (await response.json()) as { position: string };
  assert.equal(response.status, 201, JSON.stringify(body));
  return body.position;
}

test("sockets and streams go through the balancer, and it holds no event back", async () => {
  const reader = await TestReader.connect(url);
  await reader.join({ story: "night" });
  const stream = await EventStream.open(`${url}/api/v1/stories/night/stream`, { "Accept-Encoding": "gzip" });
  assert.equal(stream.response.headers.get("content-encoding"), null);
  await stream.next("snapshot");
  const position = await publish("Through the balancer.");
  assert.equal((await reader.find("changes")).position, position);
  assert.equal((await stream.next("changes")).id, position);
  reader.close();
  stream.close();
});

test("pages are compressed, and what is for operators is not there", async () => {
  const page = await fetch(`${url}/stories/night`, { headers: { "Accept-Encoding": "gzip" } });
  assert.equal(page.headers.get("content-encoding"), "gzip");
  assert.match(await page.text(), /A long night/);
  const etag = page.headers.get("etag") ?? "";
  assert.equal((await fetch(`${url}/stories/night`, { headers: { "If-None-Match": etag } })).status, 304);
  for (const path of ["/metrics", "/METRICS", "/metrics/", "/health", "/Health", "/health/ready", "/health/LIVE/"]) {
    assert.equal((await fetch(`${url}${path}`)).status, 404, path);
  }
});

test("[R4] a rolling restart behind the balancer loses no change, no reader and no request", async (t) => {
  let position = await publish("Before.");
  const readers = Array.from({ length: 12 }, () => new OwnReader(url, "night", new Set()));
  t.after(() => {
    for (const reader of readers) reader.close();
  });
  await Promise.all(readers.map((reader) => reader.reaches(position)));
  let restarted = false;
  const restart = async () => {
    for (const node of nodes) {
      assert.equal(await node.end("SIGTERM"), 0);
      await node.restart();
      await eventually(
        () => node.isReady(),
        (ready) => ready,
      );
    }
  };
  const edit = async () => {
    for (let count = 1; !restarted; count += 1) position = await publish(`Meanwhile, ${count}.`);
  };
  await Promise.all([
    edit(),
    restart().finally(() => {
      restarted = true;
    }),
  ]);
  await Promise.all(readers.map((reader) => reader.reaches(position)));
  assert.deepEqual(
    readers.flatMap(({ faults }) => faults),
    [],
  );
});
