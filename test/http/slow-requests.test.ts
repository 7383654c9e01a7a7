import assert from "node:assert/strict";
import { once } from "node:events";
import { request } from "node:http";
import { after, before, test } from "node:test";
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
