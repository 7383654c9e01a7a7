import { Socket as Engine } from "engine.io-client";
import type { SocketEvent, SocketListener, Wire } from "./socket.ts";

/** Of the Socket.IO protocol, version 5: what begins a packet. */
const CONNECT = "0";
const DISCONNECT = "1";
const EVENT = "2";
const ACK = "3";
const CONNECT_ERROR = "4";
/** Type, number of the request, JSON; as packets are without binary parts in the default namespace. */
const PACKET = /^([0-4])(\d*)(.*)$/s;

type Packet = { type: string; id: string; content: unknown };

const EVENTS: readonly unknown[] = ["changes", "reset", "presence", "goodbye"] satisfies SocketEvent[];

/**
 * Socket.IO on Engine.IO, as much of it as one connection in one namespace needs. Its own client is two thirds of what
 * readers would load, for reconnecting, buffering, namespaces and binary data that nothing here has a use for.
 */
export function openWire(origin: string, listener: SocketListener): Wire {
  const engine = new Engine(origin, { path: "/socket.io", transports: ["websocket"] });
  const replies = new Map<string, (reply: unknown) => void>();
  let requests = 0;

  const receive = ({ type, id, content }: Packet) => {
    const [first, second] = Array.isArray(content) ? (content as unknown[]) : [];
    if (type === CONNECT) listener.onConnected();
    else if (type === CONNECT_ERROR) refuse(content, listener);
    else if (type === EVENT && EVENTS.includes(first)) listener.onEvent(first as SocketEvent, second);
    else if (type === DISCONNECT) engine.close();
    else if (type === ACK) {
      replies.get(id)?.(first);
      replies.delete(id);
    }
  };
  engine.on("open", () => engine.send(CONNECT));
  engine.on("message", (message: unknown) => {
    const packet = parsePacket(String(message));
    // Not what a Socket.IO server says: the next one may do better.
    if (packet) receive(packet);
    else engine.close();
  });
  engine.on("ping", () => listener.onHeartbeat());
  engine.on("close", () => listener.onLost());

  return {
    send(event, payload, onReply) {
      const id = onReply ? String(requests++) : "";
      if (onReply) replies.set(id, onReply);
      engine.send(`${EVENT}${id}${JSON.stringify([event, payload])}`);
    },
    close() {
      engine.off();
      engine.close();
    },
  };
}

function parsePacket(message: string): Packet | null {
  const [, type, id = "", json] = PACKET.exec(message) ?? [];
  if (type === undefined) return null;
  try {
    return { type, id, content: json ? JSON.parse(json) : undefined };
  } catch {
    return null;
  }
}

/** @param refusal what the service's error was made of: its message, and what it says for programs. */
function refuse(refusal: unknown, listener: SocketListener): void {
  const { message, data } = (refusal ?? {}) as { message?: unknown; data?: unknown };
  if (data === undefined) listener.onLost();
  else listener.onRefused(data, String(message));
}
