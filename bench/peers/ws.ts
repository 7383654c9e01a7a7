import { type WebSocket, WebSocketServer } from "ws";
import { roomOf, servePeer } from "./serve-peer.ts";

/** The `ws` package and the loop that its documentation shows. */
const rooms = new Map<string, Set<WebSocket>>();

const sockets = new WebSocketServer({ server: servePeer(push) });
sockets.on("connection", (socket, request) => {
  const room = roomOf(rooms, request.url?.split("/").at(-1) ?? "");
  room.add(socket);
  socket.on("close", () => room.delete(socket));
  socket.on("error", () => socket.terminate());
});

function push(story: string, update: string): void {
  for (const socket of roomOf(rooms, story)) socket.send(update);
}
