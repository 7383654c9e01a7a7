import type { JoinReply, JoinRequest, ServerToClientEvents } from "../protocol/events.ts";

export type SocketListener = {
  onConnected(): void;
  /** The attempt failed or the connection ended, not by `close()`. */
  onLost(): void;
  /** The service refused the connection. `refusal` is its `{ code, retryAfterMs? }`, unchecked. */
  onRefused(refusal: unknown, message: string): void;
  /** A heartbeat: all that the service sent earlier has arrived. */
  onHeartbeat(): void;
  onEvent(name: SocketEvent, payload: unknown): void;
};
export type SocketEvent = keyof ServerToClientEvents;

/** One attempt and, if it succeeds, the connection. Never comes back by itself. */
export type Socket = {
  /** `onReply` gets the service's {@link JoinReply}, unchecked. */
  join(request: JoinRequest, onReply: (reply: unknown) => void): void;
  leave(story: string): void;
  seen(story: string, seq: number): void;
  /** Nothing is heard of it afterwards. Safe to call twice. */
  close(): void;
};
export type OpenSocket = (origin: string, listener: SocketListener) => Socket;

/** A connection that is being made, or was. */
export type Wire = {
  /** @param onReply makes it a request. */
  send(event: "join" | "leave" | "seen", payload: object, onReply?: (reply: unknown) => void): void;
  /** Nothing is heard of it afterwards. */
  close(): void;
};

/** The code comes in when the first socket is wanted, so that a page which never needs one never loads it. */
export const openSocket: OpenSocket = (origin, listener) => {
  let closed = false;
  let wire: Wire | null = null;
  import("./socket-wire.ts").then(
    ({ openWire }) => {
      if (!closed) wire = openWire(origin, listener);
    },
    () => {
      if (!closed) listener.onLost();
    },
  );
  return {
    join: (request, onReply) => wire?.send("join", request, onReply),
    leave: (story) => wire?.send("leave", { story }, () => {}),
    seen: (story, seq) => wire?.send("seen", { story, seq }),
    close() {
      closed = true;
      wire?.close();
    },
  };
};
