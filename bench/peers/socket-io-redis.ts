import { createAdapter } from "@socket.io/redis-adapter";
import { Redis } from "ioredis";
import { Server } from "socket.io";
import { servePeer } from "./serve-peer.ts";

/** Socket.IO as most people deploy it: rooms, and the Redis adapter between nodes. */
const publisher = new Redis(process.env.REDIS_URL ?? "redis://127.0.0.1:6379");
const subscriber = publisher.duplicate();

const io = new Server(servePeer(push), { adapter: createAdapter(publisher, subscriber), serveClient: false });
io.on("connection", (socket) => socket.join(String(socket.handshake.query.story)));

function push(story: string, update: string): void {
  io.to(story).emit("update", JSON.parse(update));
}
