import { Audience } from "./audience.ts";
import type { Answer, Order } from "./reader-orders.ts";

const audience = new Audience();

process.on("message", (order: Order) => void answer(order));
// Without whom it counts for, it counts for nobody. Connections that are reset leave no ports waiting behind.
process.on("disconnect", () => {
  audience.leave();
  process.exit();
});

async function answer(order: Order): Promise<void> {
  let reply: Answer;
  try {
    reply = await carryOut(order);
    audience.check();
  } catch (error) {
    reply = { ok: false, reason: error instanceof Error ? error.message : String(error) };
  }
  process.send?.(reply);
}

async function carryOut(order: Order): Promise<Answer> {
  switch (order.do) {
    case "enter":
      return { ok: true, entered: await audience.enter(order) };
    case "rejoin":
      await audience.rejoin(order.times, order.join);
      return { ok: true };
    case "listen":
      audience.listen();
      return { ok: true };
    case "await":
      return { ok: true, behind: await audience.reach(order.heads, order.silenceMs) };
    case "collect":
      return { ok: true, heard: audience.collect(order.publications) };
    case "leave":
      audience.leave();
      return { ok: true };
  }
}
