import assert from "node:assert/strict";
import { test } from "node:test";
import { floor } from "../../bench/subjects/floor.ts";
import { benched } from "../support/benched.ts";

const FEW = ["--subjects", "dateline-embedded,ws"];

test("fanout measures ours on both stores and every peer, and all readers get everything", async () => {
  const subjects = ["dateline-embedded", "dateline-redis", "socket.io-redis", "socket.io", "ws", "sse", "net"];
  assert.deepEqual(await benched("fanout", "--subjects", subjects.join(",")), subjects);
});

test("fanout measures the kernel's floor where there is a C compiler, and passes over it where there is none", async (t) => {
  const compiler = process.env.CC;
  t.after(() => {
    if (compiler === undefined) delete process.env.CC;
    else process.env.CC = compiler;
  });
  const here = floor.unavailable() === null ? ["ws", "floor"] : ["ws"];
  assert.deepEqual(await benched("fanout", "--subjects", "ws,floor"), here);
  process.env.CC = "/nowhere/cc";
  assert.deepEqual(await benched("fanout", "--subjects", "ws,floor"), ["ws"]);
});

test("fanout measures readers that offer deflate", async () => {
  assert.deepEqual(await benched("fanout", "--deflate", ...FEW), ["dateline-embedded", "ws"]);
});

test("burst, many and idle measure ours and peers", async () => {
  for (const name of ["burst", "many", "idle"]) {
    assert.deepEqual(await benched(name, ...FEW), ["dateline-embedded", "ws"], name);
  }
});

test("storm measures a warm node, a cold one and a bare connect", async () => {
  assert.deepEqual(await benched("storm"), ["dateline-redis-warm", "dateline-redis-cold", "socket.io"]);
});
