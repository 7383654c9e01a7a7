import type { ChildProcess } from "node:child_process";
import { Socket } from "node:net";
import type { Link } from "../store/sqlite/link.ts";

/** A process at the other end of an IPC channel: a child, or, for a child, its own `process`. */
export type Peer = ChildProcess | NodeJS.Process;

type Envelope = { topic: string; message?: unknown };

const CONNECTION_TOPIC = "connection";

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
      // Of a child that dies while a connection is on its way to it, Node tells no disconnect.
      const isChild = peer !== process;
      events.once(isChild ? "exit" : "disconnect", () => listener());
    },
  };
}

/** The connection itself: from then on both processes have it open, until each of them destroys it on its side. */
export function shareConnection(child: ChildProcess, connection: Socket): void {
  const envelope: Envelope = { topic: CONNECTION_TOPIC };
  child.send(envelope, connection, { keepOpen: true }, () => {});
}

/** @param listener given null for one that was gone before it came. */
export function onConnection(listener: (connection: Socket | null) => void): void {
  process.on("message", (envelope: Envelope, handle: unknown) => {
    if (envelope.topic === CONNECTION_TOPIC) listener(handle instanceof Socket ? handle : null);
  });
}
