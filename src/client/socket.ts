import type { Socket as IoSocket } from "socket.io-client";
import type { JoinReply, JoinRequest } from "../protocol/events.ts";

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
export type SocketEvent = (typeof SOCKET_EVENTS)[number];
export const SOCKET_EVENTS = ["changes", "reset", "presence", "goodbye"] as const;

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

/** The library comes in when the first socket is wanted, so that a page which never needs one never loads it. */
export const openSocket: OpenSocket = (origin, listener) => {
  let closed = false;
  let socket: IoSocket | null = null;
  import("socket.io-client").then(
    ({ io }) => {
      if (closed) return;
      // Whole origin, so that no path of it is taken for a namespace. One manager each: a refused or lost one is spent.
      socket = io(origin, { transports: ["websocket"], reconnection: false, forceNew: true, autoConnect: false });
      listen(socket, listener);
      socket.connect();
    },
    () => {
      if (!closed) listener.onLost();
    },
  );
  return {
    join: (request, onReply) => socket?.emit("join", request, onReply),
    leave: (story) => socket?.emit("leave", { story }, () => {}),
    seen: (story, seq) => socket?.emit("seen", { story, seq }),
    close() {
      closed = true;
      socket?.off();
      socket?.disconnect();
    },
  };
};

function listen(socket: IoSocket, listener: SocketListener): void {
  socket.on("connect", () => listener.onConnected());
  socket.on("disconnect", () => listener.onLost());
  socket.on("connect_error", (error: Error & { data?: unknown }) => {
    if (error.data === undefined) listener.onLost();
    else listener.onRefused(error.data, error.message);
  });
  socket.io.on("ping", () => listener.onHeartbeat());
  for (const name of SOCKET_EVENTS) socket.on(name, (payload: unknown) => listener.onEvent(name, payload));
}
