import { Decoder, type Packet } from "socket.io-parser";
import type { SocketError } from "../protocol/problem.ts";

/**
 * What we say in Socket.IO's protocol (its revision 5): packets of the default namespace, as text. Engine.IO adds a type
 * of its own to each.
 */
export const packets = {
  connected: (sessionId: string) => `0{"sid":"${sessionId}"}`,
  refused: (message: string, why: { code: SocketError["code"]; retryAfterMs: number }) =>
    `4${JSON.stringify({ message, data: why })}`,
  unknownNamespace: (name: string) => `4${name},{"message":"Invalid namespace"}`,
  event: (name: string, payload: object) => `2${JSON.stringify([name, payload])}`,
  /** @param json of what is answered. */
  acknowledgement: (id: number, json: string) => `3${id}[${json}]`,
};

/** The packets of one connection. All share a decoder, except while one has sent a part of a packet only. */
export class PacketReader {
  #unfinished: PacketDecoder | null = null;

  /** @returns null for a part of a packet. @throws for what is none. */
  read(data: unknown): Packet | null {
    if (!this.#unfinished && typeof data === "string" && !mayHaveAttachments(data)) return texts.take(data);
    this.#unfinished ??= new PacketDecoder();
    const packet = this.#unfinished.take(data);
    if (packet) this.#unfinished = null;
    return packet;
  }
}

/** BINARY_EVENT and BINARY_ACK. */
function mayHaveAttachments(text: string): boolean {
  return text.startsWith("5") || text.startsWith("6");
}

class PacketDecoder {
  readonly #decoder = new Decoder();
  #packet: Packet | null = null;

  constructor() {
    this.#decoder.on("decoded", (packet) => {
      this.#packet = packet;
    });
  }

  take(data: unknown): Packet | null {
    this.#packet = null;
    this.#decoder.add(data);
    return this.#packet;
  }
}

const texts = new PacketDecoder();
