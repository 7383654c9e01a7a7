import assert from "node:assert/strict";
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
  const wrong = { PORT: "80a", PUBLIC_URL: "ftp://x", DRAIN_SECONDS: "-1", LOG_LEVEL: "loud", ALLOWED_ORIGINS: "*" };
  const result = readConfig({ ...wrong, REDIS_URL: "redis:/x", NODE_ENV: "production", ADMIN_KEY: "short" });
  assert.ok("problems" in result);
  const named = new Set(result.problems.map((problem) => problem.split(" ")[0]));
  assert.deepEqual(named, new Set([...Object.keys(wrong), "REDIS_URL", "ADMIN_KEY"]));
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
