import type { ServerResponse } from "node:http";
import { roomOf, servePeer } from "./serve-peer.ts";

/** Server-sent events by Node's own `http`. */
const rooms = new Map<string, Set<ServerResponse>>();

servePeer(push).on("request", (request, response: ServerResponse) => {
  if (request.method !== "GET") return;
  response.writeHead(200, { "Content-Type": "text/event-stream", "Cache-Control": "no-store" });
  response.flushHeaders();
  const room = roomOf(rooms, request.url?.split("/").at(-1) ?? "");
  room.add(response);
  response.on("close", () => room.delete(response));
});

function push(story: string, update: string): void {
  const event = `data: ${update}\n\n`;
  for (const response of roomOf(rooms, story)) response.write(event);
}
