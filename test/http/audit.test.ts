import assert from "node:assert/strict";
import { test } from "node:test";
import { eventually } from "../support/eventually.ts";
import { NodeProcess } from "../support/node-process.ts";
import { ADMIN_KEY, type Answer, type Call } from "../support/service.ts";
import { temporaryDirectory } from "../support/store-sqlite.ts";

type Line = Record<string, unknown> & { msg?: string };

test("each write leaves one line of who did what to which story, and when; a refused one leaves none", async (t) => {
  const node = await NodeProcess.start({ DATA_DIR: await temporaryDirectory(t), LOG_LEVEL: "info" });
  t.after(() => node.end("SIGKILL"));
  const call = async (method: string, path: string, { body, headers = {} }: Call = {}): Promise<Answer["body"]> => {
    const answer = await fetch(`${node.url}/api/v1/stories${path}`, {
      method,
      headers: { Authorization: `Bearer ${ADMIN_KEY}`, "Content-Type": "application/json", ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return (answer.status === 204 ? {} : await answer.json()) as Answer["body"];
  };

  await call("POST", "", { body: { slug: "a", headline: "A", timeZone: "UTC", status: "live" } });
  const first = { body: { markdown: "One" }, headers: { "Idempotency-Key": "one", "X-Request-Id": "the-first" } };
  const { entry } = await call("POST", "/a/entries", first);
  await call("POST", "/a/entries", first);
  await call("POST", "/a/entries", { body: {} });
  await call("PATCH", `/a/entries/${entry.id}`, { body: { markdown: "Two" } });
  await call("PUT", "/a/pin", { body: { entryId: entry.id } });
  await call("DELETE", "/a/pin");
  await call("DELETE", `/a/entries/${entry.id}/revisions/1`);
  await call("PATCH", "/a", { body: { headline: "B" } });
  await call("POST", "/a/previews");
  await call("DELETE", `/a/entries/${entry.id}`);
  await call("DELETE", "/a");

  const writes = await eventually(
    async () => {
      await fetch(`${node.url}/health/live`);
      return linesOf(node.log).filter(({ msg }) => msg === "write");
    },
    (lines) => lines.at(-1)?.action === "remove story",
  );
  const story = "a";
  const ofEntry = { story, entry: entry.id };
  const expected: Line[] = [
    { action: "create story", story, seq: 1 },
    { action: "publish", ...ofEntry, seq: 2 },
    { action: "publish", ...ofEntry, seq: 2, repeated: true },
    { action: "revise", ...ofEntry, seq: 3 },
    { action: "pin", ...ofEntry, seq: 4 },
    { action: "unpin", story, seq: 5 },
    { action: "erase revision", ...ofEntry, revision: 1 },
    { action: "patch story", story, seq: 6 },
    { action: "preview", story },
    { action: "retract", ...ofEntry, seq: 7 },
    { action: "remove story", story },
  ];
  assert.deepEqual(
    writes.map(
      ({ level: _level, time: _time, pid: _pid, hostname: _host, requestId: _id, msg: _msg, ...line }) => line,
    ),
    expected.map((line) => ({ by: { id: "admin-key", name: "ADMIN_KEY" }, ...line })),
  );
  assert.equal(writes[1]?.requestId, "the-first");
  for (const { time, requestId } of writes) {
    assert.equal(typeof time, "number");
    assert.equal(typeof requestId, "string");
  }
  assert.ok(!node.log.includes(ADMIN_KEY));
});

function linesOf(log: string): Line[] {
  return log
    .split("\n")
    .filter((line) => line.startsWith("{") && line.endsWith("}"))
    .map((line) => JSON.parse(line) as Line);
}
