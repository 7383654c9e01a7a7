import { type MessagePort, parentPort, receiveMessageOnPort, workerData } from "node:worker_threads";
import { lockForServer, openDatabase } from "./database.ts";
import type { Opened, ThreadOptions, ToStore } from "./messages.ts";
import { StoreThread } from "./store-thread.ts";

/** Of messages taken in before what they ask for is written: bounds how long the first of a storm waits. */
const MESSAGES_AT_ONCE = 256;

/** @throws with a message for the operator, and with nothing left open. */
function serve(port: MessagePort, options: ThreadOptions): void {
  const unlock = options.exclusive ? lockForServer(options.file) : () => {};
  let thread: StoreThread;
  try {
    thread = new StoreThread(openDatabase(options.file), options, (message) => port.postMessage(message));
  } catch (error) {
    unlock();
    throw error;
  }

  const take = (message: ToStore) => {
    if (message.kind === "call") return thread.take(message);
    if (message.kind === "probe") return thread.probe(message.id);
    thread.close();
    unlock();
    port.close();
  };
  port.on("message", (first: ToStore) => {
    take(first);
    for (let taken = 1; taken < MESSAGES_AT_ONCE; taken += 1) {
      const next = receiveMessageOnPort(port) as { message: ToStore } | undefined;
      if (!next) break;
      take(next.message);
    }
    thread.writeWaiting();
  });
}

if (parentPort) {
  let opened: Opened = { kind: "opened" };
  try {
    serve(parentPort, workerData as ThreadOptions);
  } catch (error) {
    opened = { kind: "refused", reason: error instanceof Error ? error.message : String(error) };
  }
  parentPort.postMessage(opened);
}
