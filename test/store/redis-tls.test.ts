import assert from "node:assert/strict";
import { test } from "node:test";
import { freePort } from "../support/free-port.ts";
import { NodeProcess } from "../support/node-process.ts";
import { RedisServer } from "../support/redis-server.ts";
import { selfSigned } from "../support/self-signed.ts";
import { temporaryDirectory } from "../support/store-sqlite.ts";

test("a Redis behind TLS is used when its certificate can be trusted, and refused otherwise", async (t) => {
  const directory = await temporaryDirectory(t);
  const { key, certificate } = selfSigned(directory);
  const port = await freePort();
  const files = ["--tls-cert-file", certificate, "--tls-key-file", key, "--tls-ca-cert-file", certificate];
  const args = ["--tls-port", String(port), ...files, "--tls-auth-clients", "no"];
  const redis = await RedisServer.start({ args });
  t.after(() => redis.stop());
  const environment = { REDIS_URL: `rediss://127.0.0.1:${port}`, PUBLIC_URL: "http://localhost:3000" };
  await assert.rejects(NodeProcess.start(environment), /Cannot reach Redis/);
  const node = await NodeProcess.start({ ...environment, NODE_EXTRA_CA_CERTS: certificate });
  assert.equal(await node.isReady(), true);
  assert.equal(await node.end("SIGTERM"), 0);
});
