import assert from "node:assert/strict";
import { once } from "node:events";
import { request } from "node:http";
import { after, before, test } from "node:test";
import { REQUEST_BODY_MAX_BYTES } from "../../src/protocol/limits.ts";
import { BareSocket } from "../support/bare-socket.ts";
import { eventually } from "../support/eventually.ts";
import { NodeProcess } from "../support/node-process.ts";
import { ADMIN_KEY } from "../support/service.ts";
import { temporaryDirectory } from "../support/store-sqlite.ts";

let node: NodeProcess;
const cleanUps: (() => Promise<void>)[] = [];
before(async () => {
  const directory = await temporaryDirectory({ after: (cleanUp) => void cleanUps.push(cleanUp) });
  node = await NodeProcess.start({ DATA_DIR: directory, LOG_LEVEL: "info", DRAIN_SECONDS: "0" });
});
after(async () => {
  await node.end("SIGTERM");
  for (const cleanUp of cleanUps) await cleanUp();
});

test("who does not finish its request's headers is cut off, and so is who says nothing at all", async () => {
  const slow = await BareSocket.open(node.url, "GET /stories/a HTTP/1.1\r\nHost: dateline\r\nX-Slow: ");
  const silent = await BareSocket.open(node.url);
  await Promise.all([slow.ends(), silent.ends()]);
  assert.match(slow.heard, /^HTTP\/1\.1 408 /);
});

test("a body that breaks off is nobody's fault here: no error is logged", async () => {
  const headers = { Authorization: `Bearer ${ADMIN_KEY}`, "Content-Type": "application/json", Expect: "100-continue" };
  const broken = request(`${node.url}/api/v1/stories`, { method: "POST", headers });
  broken.on("error", () => {});
  broken.flushHeaders();
  await once(broken, "continue");
  broken.write('{"slug":');
  broken.destroy();
  const log = await eventually(
    async () => {
      await fetch(`${node.url}/health/live`);
      return node.log;
    },
    (text) => text.includes('"method":"POST"'),
  );
  assert.ok(!log.includes("request failed"), log);
});

test("who asks before it sends a body is told to send it, but not one that is too large", async () => {
  const headers = `Host: a\r\nAuthorization: Bearer ${ADMIN_KEY}\r\nContent-Type: application/json\r\nExpect: 100-continue\r\n`;
  const asking = (bytes: number) => `POST /api/v1/stories HTTP/1.1\r\n${headers}Content-Length: ${bytes}\r\n\r\n`;
  const invited = await BareSocket.open(node.url, asking(2));
  await invited.hears("HTTP/1.1 100 Continue\r\n\r\n");
  invited.socket.write("{}");
  await invited.hears("HTTP/1.1 422 ");
  invited.socket.destroy();
  const refused = await BareSocket.open(node.url, asking(REQUEST_BODY_MAX_BYTES + 1));
  await refused.ends();
  assert.match(refused.heard, /^HTTP\/1\.1 413 /);
});

test("an absolute address is answered like its path, also to Socket.IO", async () => {
  for (const path of ["/health/live", "/socket.io/?EIO=4&transport=polling"]) {
    const asked = `GET http://live.example.com${path} HTTP/1.1\r\nHost: live.example.com\r\nConnection: close\r\n\r\n`;
    const connection = await BareSocket.open(node.url, asked);
    await connection.ends();
    assert.match(connection.heard, /^HTTP\/1\.1 200 /, path);
  }
});

test("an idle connection is kept longer than the minute for which proxies keep theirs", async () => {
  const { headers } = await fetch(`${node.url}/health/live`);
  const [, seconds] = /timeout=(\d+)/.exec(headers.get("keep-alive") ?? "") ?? [];
  assert.ok(Number(seconds) > 60, String(seconds));
});
