import { RawReader } from "./raw-reader.ts";
import { type Answer, type Arrivals, nowMs, type Order } from "./reader-orders.ts";
import { quantile, repeat, timed } from "./statistics.ts";

/** So many handshakes are under way at once; more would only wait in the listen queue. */
const CONNECT_AT_ONCE = 64;

const readers: RawReader[] = [];
let arrivedAt: number[] = [];
let awaited = Number.POSITIVE_INFINITY;
let onArrived: (arrivals: Arrivals) => void = () => {};
let failure: Error | null = null;

process.on("message", (order: Order) => void answer(order));
// Without whom it counts for, it counts for nobody.
process.on("disconnect", () => process.exit());

async function answer(order: Order): Promise<void> {
  let reply: Answer;
  try {
    const arrivals = await carryOut(order);
    if (failure) throw failure;
    reply = arrivals ? { ok: true, arrivals } : { ok: true };
  } catch (error) {
    reply = { ok: false, reason: error instanceof Error ? error.message : String(error) };
  }
  process.send?.(reply);
}

async function carryOut(order: Order): Promise<Arrivals | undefined> {
  switch (order.do) {
    case "connect":
      await timed(order.count, CONNECT_AT_ONCE, () => enter(order));
      return undefined;
    case "rejoin":
      await Promise.all(readers.map((reader) => repeat(order.times, () => reader.join(order.join))));
      return undefined;
    case "count":
      arrivedAt = [];
      return undefined;
    case "await":
      return arrivals(order.frames);
    case "close":
      for (const reader of readers.splice(0)) reader.close();
      return undefined;
  }
}

async function enter({ port, join }: Extract<Order, { do: "connect" }>): Promise<void> {
  const reader = await RawReader.connect(port, noteArrival, (error) => {
    failure = error;
  });
  readers.push(reader);
  await reader.join(join);
}

function noteArrival(): void {
  arrivedAt.push(nowMs());
  if (arrivedAt.length === awaited) onArrived(summary());
}

function arrivals(frames: number): Promise<Arrivals> | Arrivals {
  if (arrivedAt.length >= frames) return summary();
  awaited = frames;
  return new Promise((resolve) => {
    onArrived = resolve;
  });
}

function summary(): Arrivals {
  awaited = Number.POSITIVE_INFINITY;
  return { p50: quantile(arrivedAt, 0.5), p99: quantile(arrivedAt, 0.99), last: arrivedAt.at(-1) ?? Number.NaN };
}
