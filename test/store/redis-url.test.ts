import assert from "node:assert/strict";
import { test } from "node:test";
import { parseRedisUrl } from "../../src/store/redis/redis-url.ts";

test("a server is named by host, port, user, password and database, all but the host by choice", () => {
  assert.deepEqual(parseRedisUrl("redis://cache"), {
    ...{ kind: "server", name: "cache:6379" },
    options: { host: "cache", port: 6379 },
  });
  assert.deepEqual(parseRedisUrl("rediss://desk:p%40ss%3A%2F@[::1]:6380/3"), {
    ...{ kind: "server", name: "::1:6380" },
    options: { username: "desk", password: "p@ss:/", tls: {}, host: "::1", port: 6380, db: 3 },
  });
  const { options } = parseRedisUrl("redis://:secret@cache");
  assert.deepEqual([options.username, options.password], [undefined, "secret"]);
});

test("several hosts are a cluster, and one may be called so", () => {
  const several = parseRedisUrl("redis://:secret@a:7000,b:7001,c");
  assert.ok(several.kind === "cluster");
  assert.deepEqual(several.nodes, [
    { host: "a", port: 7000 },
    { host: "b", port: 7001 },
    { host: "c", port: 6379 },
  ]);
  assert.equal(several.options.password, "secret");
  assert.equal(parseRedisUrl("rediss+cluster://a").kind, "cluster");
});

test("sentinels are asked for the master that is named after them", () => {
  const { kind, options } = parseRedisUrl("redis+sentinel://:secret@a,b:26380/live/2?sentinelPassword=other");
  assert.equal(kind, "sentinel");
  assert.deepEqual(options, {
    ...{ password: "secret", sentinelPassword: "other", name: "live", db: 2 },
    sentinels: [
      { host: "a", port: 26379 },
      { host: "b", port: 26380 },
    ],
  });
});

test("what is wrong is said without the password", () => {
  const wrong = [
    "cache:6379",
    "http://:hunter2@cache",
    "redis://:hunter2@",
    "redis://:hunter2@cache:99999",
    "redis://:hunter2@cache/live",
    "redis://:hunter2@a,b/1",
    "redis+sentinel://:hunter2@a,b",
    "redis://:hunter2%@cache",
    "redis://:hunter2@ca che",
  ];
  for (const url of wrong) {
    assert.throws(
      () => parseRedisUrl(url),
      (error: Error) => !error.message.includes("hunter2"),
      url,
    );
  }
});
