import assert from "node:assert/strict";
import { setImmediate as nextTurn } from "node:timers/promises";

/** Reads until it is so; what it read last is the failure's message. */
export async function eventually<T>(read: () => Promise<T>, isSo: (value: T) => boolean): Promise<T> {
  const untilMs = Date.now() + 10_000;
  for (;;) {
    const value = await read();
    // What is waited for may have to arrive in this process.
    await nextTurn();
    if (isSo(value)) return value;
    if (Date.now() > untilMs) assert.fail(`It has not come about: ${JSON.stringify(value)}`);
  }
}
