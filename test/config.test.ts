import assert from "node:assert/strict";
import { availableParallelism } from "node:os";
import { test } from "node:test";
import { readConfig } from "../src/config.ts";

test("nothing set is enough to start, except in production", () => {
  const result = readConfig({ HOME: "/root" });
  assert.ok("config" in result);
  const { port, host, publicUrl, dataDirectory, adminKey, drainMs } = result.config;
  assert.deepEqual(
    [port, host, publicUrl, dataDirectory, adminKey, drainMs],
    [3_000, "0.0.0.0", null, "./data", null, 10_000],
  );
  assert.deepEqual(readConfig({ NODE_ENV: "production" }), {
    problems: ["ADMIN_KEY must be set in production, with at least 16 characters."],
  });
});

test("an empty variable is one that is not set", () => {
  const result = readConfig({ PORT: "", PUBLIC_URL: "" });
  assert.ok("config" in result);
  assert.equal(result.config.port, 3_000);
});

test("everything that is wrong is named at once", () => {
  const limits = { PUBLISH_RATE_PER_MINUTE: "-1", READ_RATE_PER_MINUTE: "many", MAX_CONNECTIONS_PER_IP: "1.5" };
  const more = { ...limits, MAX_CONNECTIONS: "9999999999", TRUST_PROXY: "everybody" };
  const wrong = {
    ...more,
    PORT: "80a",
    PUBLIC_URL: "ftp://x",
    DRAIN_SECONDS: "-1",
    FANOUT: "fastest",
    LOG_LEVEL: "loud",
    PUBLISHER_NAME: "x".repeat(201),
    ALLOWED_ORIGINS: "https://a.example, *, https://b.example/path",
  };
  const result = readConfig({ ...wrong, REDIS_URL: "redis:/x", NODE_ENV: "production", ADMIN_KEY: "short" });
  assert.ok("problems" in result);
  const named = new Set(result.problems.map((problem) => problem.split(/[ :]/)[0]));
  assert.deepEqual(named, new Set([...Object.keys(wrong), "REDIS_URL", "ADMIN_KEY"]));
  // As sentences, in our own words.
  for (const problem of result.problems) assert.match(problem, /^[A-Z_]+(: \S+)? must (be|have|look) .*\.$/);
  for (const value of ["\\*", "https://b.example/path"]) {
    assert.match(result.problems.join("\n"), new RegExp(`^ALLOWED_ORIGINS: ${value} must`, "m"));
  }
});

test("addresses are taken as origins, lists with commas or spaces", () => {
  const result = readConfig({
    PUBLIC_URL: "https://live.example/",
    ALLOWED_ORIGINS: "https://a.example, http://b.example:8080",
  });
  assert.ok("config" in result);
  assert.equal(result.config.publicUrl, "https://live.example");
  assert.deepEqual(result.config.allowedOrigins, ["https://a.example", "http://b.example:8080"]);
  assert.ok("problems" in readConfig({ PUBLIC_URL: "https://live.example/path" }));
  assert.ok(
    "problems" in readConfig({ PUBLISHER_LOGO_URL: "javascript:alert(1)" }),
    "it becomes an image on every page",
  );
});

test("readers are limited per address, but not whoever comes from this machine, unless it was set; 0 is no limit", () => {
  const limitsOf = (env: Record<string, string>) => {
    const result = readConfig(env);
    assert.ok("config" in result);
    return result.config.limits;
  };
  const none = Number.POSITIVE_INFINITY;
  assert.deepEqual(limitsOf({}), {
    publishesPerMinute: 12_000,
    readsPerMinute: { each: 12_000, thisMachine: none },
    connections: 50_000,
    connectionsPerAddress: { each: 5_000, thisMachine: none },
  });
  const set = { PUBLISH_RATE_PER_MINUTE: "1", READ_RATE_PER_MINUTE: "2", MAX_CONNECTIONS: "3" };
  assert.deepEqual(limitsOf({ ...set, MAX_CONNECTIONS_PER_IP: "4" }), {
    publishesPerMinute: 1,
    readsPerMinute: { each: 2, thisMachine: 2 },
    connections: 3,
    connectionsPerAddress: { each: 4, thisMachine: 4 },
  });
  const off = Object.fromEntries([...Object.keys(set), "MAX_CONNECTIONS_PER_IP"].map((name) => [name, "0"]));
  assert.deepEqual(limitsOf(off), {
    publishesPerMinute: none,
    readsPerMinute: { each: none, thisMachine: none },
    connections: none,
    connectionsPerAddress: { each: none, thisMachine: none },
  });
});

test("proxies are trusted by their number, or by addresses and subnets, and never all there are", () => {
  const trustedBy = (text: string) => {
    const result = readConfig({ TRUST_PROXY: text });
    return "config" in result ? result.config.trustedProxies : result.problems.length;
  };
  assert.deepEqual(trustedBy(""), 0);
  assert.deepEqual(trustedBy("2"), 2);
  assert.deepEqual(trustedBy("loopback, 10.0.0.0/8 fd00::/8"), ["loopback", "10.0.0.0/8", "fd00::/8"]);
  for (const wrong of ["true", "-1", "1.5", "10.0.0.0/33", "proxy.internal"]) assert.equal(trustedBy(wrong), 1, wrong);
});

test("WORKERS is one unless it is set, a number, or as many as there are cores", () => {
  const workersOf = (WORKERS: string) => {
    const result = readConfig({ WORKERS });
    return "config" in result ? result.config.workers : result.problems;
  };
  assert.equal(workersOf(""), 1);
  assert.equal(workersOf("4"), 4);
  assert.equal(workersOf("auto"), availableParallelism());
  for (const wrong of ["0", "65", "many", "-1", "1.5"]) {
    assert.deepEqual(workersOf(wrong), ["WORKERS must be a whole number from 1 to 64, or auto."]);
  }
});
