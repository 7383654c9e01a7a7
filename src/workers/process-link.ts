import type { ChildProcess } from "node:child_process";
import type { Worker } from "node:cluster";
import type { Link } from "../store/sqlite/link.ts";

/** A process at the other end of an IPC channel: a child, a worker of a cluster, or, for those, the own `process`. */
export type Peer = ChildProcess | Worker | NodeJS.Process;

type Envelope = { topic: string; message: unknown };

/** One of several links over the same channel. Both sides name the topic; each may be opened once on a side. */
export function linkTo<Out, In>(peer: Peer, topic: string): Link<Out, In> {
  const events: NodeJS.EventEmitter = peer;
  return {
    post(message) {
      const envelope: Envelope = { topic, message };
      // Whoever has gone is told nothing more. That it has gone is said by `onEnd`.
      peer.send?.(envelope, undefined, undefined, () => {});
    },
    onMessage(listener) {
      events.on("message", (envelope: Envelope) => {
        if (envelope.topic === topic) listener(envelope.message as In);
      });
    },
    onEnd(listener) {
      events.once("disconnect", () => listener());
    },
  };
}
