import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { formatCursor, parseCursor } from "../../src/protocol/entry-order.ts";
import { canResume, formatPosition, parsePosition } from "../../src/protocol/position.ts";

const name = fc.stringMatching(/^[A-Za-z0-9_-]{1,32}$/);

test("a position survives being written and read", () => {
  fc.assert(
    fc.property(name, fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }), name, (epoch, seq, tag) => {
      assert.deepEqual(parsePosition(formatPosition({ epoch, seq, tag })), { epoch, seq, tag });
    }),
  );
});

test("what was never handed out as a position is none", () => {
  const hostile = ["", "a", "a.1", "a.1.b.c", "a.0.b", "a.-1.b", "a.1e3.b", "a.9007199254740993.b", "a.01.b", " a.1.b"];
  for (const text of [...hostile, "a.1.b\n", "ä.1.b", `${"a".repeat(33)}.1.b`])
    assert.equal(parsePosition(text), null, text);
});

test("[S4] a position of another epoch, ahead of the head, or with another tag cannot be resumed", () => {
  const tags = new Map([
    [3, "c"],
    [5, "e"],
  ]);
  const history = { head: { epoch: "run1", seq: 5, tag: "e" }, tagAt: (seq: number) => tags.get(seq) };
  assert.equal(canResume({ epoch: "run1", seq: 5, tag: "e" }, history), true);
  assert.equal(canResume({ epoch: "run1", seq: 3, tag: "c" }, history), true);
  assert.equal(canResume({ epoch: "run2", seq: 3, tag: "c" }, history), false);
  assert.equal(canResume({ epoch: "run1", seq: 6, tag: "f" }, history), false);
  assert.equal(canResume({ epoch: "run1", seq: 3, tag: "x" }, history), false);
  assert.equal(canResume({ epoch: "run1", seq: 4, tag: "d" }, history), false);
});

test("a cursor survives being written and read, and nothing else is one", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 253_402_300_799_999 }),
      fc.integer({ min: 1, max: 2 ** 50 }),
      (at, firstSeq) => {
        const key = { publishedAt: new Date(at).toISOString(), firstSeq };
        assert.deepEqual(parseCursor(formatCursor(key)), key);
      },
    ),
  );
  for (const text of ["", "-", "1", "1-", "-1", "zzzzzzzzzz-1", "1-zzzzzzzzzzzz", "A-1"])
    assert.equal(parseCursor(text), null, text);
});
