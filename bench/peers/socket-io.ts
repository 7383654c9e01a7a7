import { Server } from "socket.io";
import { servePeer } from "./serve-peer.ts";

/** Socket.IO alone, on one node. */
const io = new Server(servePeer(push), { serveClient: false });
io.on("connection", (socket) => socket.join(String(socket.handshake.query.story)));

function push(story: string, update: string): void {
  io.to(story).emit("update", JSON.parse(update));
}
