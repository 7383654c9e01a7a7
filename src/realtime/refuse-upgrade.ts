import { type OutgoingHttpHeaders, STATUS_CODES } from "node:http";
import type { Socket } from "node:net";

/** Answers a request that wanted to become a WebSocket, and ends its connection. For people: `message`. */
export function refuseUpgrade(tcp: Socket, status: number, message: string, more: OutgoingHttpHeaders = {}): void {
  const length = Buffer.byteLength(message);
  const headers = { ...more, Connection: "close", "Content-Type": "text/plain", "Content-Length": length };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  // Whoever is gone already misses nothing.
  tcp.on("error", () => {});
  tcp.write(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.join("")}\r\n${message}`);
  tcp.destroySoon();
}
