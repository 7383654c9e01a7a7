import { createHash } from "node:crypto";
import type { Duplex } from "node:stream";
import { roomOf, servePeer } from "./serve-peer.ts";

/** The least that Node can do: one finished frame, one write of a bare socket for each reader. Nothing is read. */
const GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
const rooms = new Map<string, Set<Duplex>>();

servePeer(push).on("upgrade", (request, socket) => {
  const accept = createHash("sha1").update(`${request.headers["sec-websocket-key"]}${GUID}`).digest("base64");
  const lines = ["HTTP/1.1 101 Switching Protocols", "Upgrade: websocket", "Connection: Upgrade"];
  socket.write([...lines, `Sec-WebSocket-Accept: ${accept}`, "", ""].join("\r\n"));
  const room = roomOf(rooms, request.url?.split("/").at(-1) ?? "");
  room.add(socket);
  socket.on("error", () => socket.destroy());
  socket.on("close", () => room.delete(socket));
  socket.resume();
});

function push(story: string, update: string): void {
  const frame = frameOf(Buffer.from(update));
  for (const socket of roomOf(rooms, story)) socket.write(frame);
}

/** Of updates up to 64 KiB. */
function frameOf(payload: Buffer): Buffer {
  const FINAL_TEXT = 0x81;
  if (payload.length < 126) return Buffer.concat([Buffer.of(FINAL_TEXT, payload.length), payload]);
  return Buffer.concat([Buffer.of(FINAL_TEXT, 126, payload.length >> 8, payload.length & 0xff), payload]);
}
