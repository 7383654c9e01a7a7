import { connect, type Socket } from "node:net";
import type { JoinRequest } from "../../src/protocol/events.ts";
import { DeflateWindow } from "./deflate-window.ts";
import type { Conversation, Dialect } from "./dialects.ts";
import { ChunkCutter } from "./http-chunks.ts";
import type { StoryTape } from "./story-tape.ts";
import { clientFrame, FrameCutter, type Listener } from "./web-socket-frames.ts";

/** What a reader tells of itself. */
export type Observer = {
  onBytes: (count: number) => void;
  /** It was told of (from, to] while it stood at `seq`; all is well where that is `from`. */
  onRange: (tape: StoryTape, seq: number, from: number, to: number) => void;
  onFailed: (error: Error) => void;
};
export type ReaderOptions = {
  port: number;
  localAddress?: string;
  dialect: Dialect;
  tape: StoryTape;
  join: JoinRequest;
  /** Where the story stands, for servers that do not say. */
  head: number;
  deflate: boolean;
};

/** That it was full; what else goes wrong is an error. */
export class Refused extends Error {
  readonly retryAfterMs: number;

  constructor(retryAfterMs: number) {
    super("The server asks a reader to come again.");
    this.retryAfterMs = retryAfterMs;
  }
}

/** All readers of a process read into the same memory, one after the other. */
const RECEIVED = Buffer.allocUnsafe(256 * 1024);
const HEAD_END = "\r\n\r\n";
/** As browsers offer it. */
const DEFLATE = "permessage-deflate; client_max_window_bits";

/** A reader on a bare socket, so that thousands of them cost the machine as little as possible beside the server. */
export class RawReader {
  readonly tape: StoryTape;
  seq = 0;
  readonly #options: ReaderOptions;
  readonly #observer: Observer;
  readonly #socket: Socket;
  readonly #cutter: FrameCutter | ChunkCutter;
  readonly #listener: Listener;
  readonly #talk: Conversation;
  readonly #window = new DeflateWindow();
  #head = "";
  #open = false;
  #entered: { resolve: () => void; reject: (error: Error) => void } | null = null;

  private constructor(options: ReaderOptions, observer: Observer) {
    this.#options = options;
    this.#observer = observer;
    this.tape = options.tape;
    this.#cutter = options.dialect.transport === "websocket" ? new FrameCutter() : new ChunkCutter();
    this.#listener = {
      onPayload: (payload, compressed) => this.#take(payload, compressed),
      onReply: (frame) => this.#socket.write(frame),
    };
    this.#talk = {
      join: options.join,
      say: (text) => this.#socket.write(clientFrame(text)),
      entered: (seq = options.head) => {
        this.seq = seq;
        this.#entered?.resolve();
      },
      refused: (retryAfterMs) => this.#fail(new Refused(retryAfterMs)),
      failed: (reason) => this.#fail(new Error(reason)),
    };
    this.#socket = this.#connect();
  }

  /** @throws Refused, or why it did not get in. */
  static async enter(options: ReaderOptions, observer: Observer): Promise<RawReader> {
    const reader = new RawReader(options, observer);
    await new Promise<void>((resolve, reject) => {
      reader.#entered = { resolve, reject };
    });
    reader.#entered = null;
    return reader;
  }

  /** Dateline's readers may join again. */
  async join(join: JoinRequest): Promise<void> {
    const entered = new Promise<void>((resolve, reject) => {
      this.#entered = { resolve, reject };
    });
    this.#talk.say(`420${JSON.stringify(["join", join])}`);
    await entered;
    this.#entered = null;
  }

  /** As a connection breaks. */
  close(): void {
    this.#entered = null;
    this.#socket.removeAllListeners("close").resetAndDestroy();
  }

  #connect(): Socket {
    const { port, localAddress, dialect, tape, deflate } = this.#options;
    const from = localAddress === undefined ? {} : { localAddress };
    const callback = (count: number) => this.#receive(RECEIVED.subarray(0, count));
    const socket = connect({
      ...{ port, host: "127.0.0.1", ...from, noDelay: true, onread: { buffer: RECEIVED, callback } },
    });
    socket.on("error", (error) => this.#fail(error));
    socket.on("close", () => this.#fail(new Error("The server has ended a reader's connection.")));
    const upgrade = [
      ...["Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg=="],
      ...["Sec-WebSocket-Version: 13", ...(deflate ? [`Sec-WebSocket-Extensions: ${DEFLATE}`] : [])],
    ];
    const lines = [
      ...[`GET ${dialect.path(tape.story)} HTTP/1.1`, "Host: 127.0.0.1"],
      ...(dialect.transport === "websocket" ? upgrade : ["Accept: text/event-stream"]),
    ];
    socket.write(lines.join("\r\n") + HEAD_END);
    return socket;
  }

  #receive(bytes: Buffer): boolean {
    this.#observer.onBytes(bytes.length);
    try {
      if (this.#open) this.#cutter.cut(bytes, this.#listener);
      else this.#readHead(bytes);
    } catch (error) {
      this.#fail(error instanceof Error ? error : new Error(String(error)));
    }
    return true;
  }

  #readHead(bytes: Buffer): void {
    this.#head += bytes.toString("latin1");
    const end = this.#head.indexOf(HEAD_END);
    if (end < 0) return;
    const status = this.#head.slice("HTTP/1.1 ".length, "HTTP/1.1 ".length + 3);
    if (status === "503") {
      this.#talk.refused(Number(/^retry-after: *(\d+)/im.exec(this.#head)?.[1] ?? 1) * 1_000);
    } else if (status !== "101" && status !== "200") {
      this.#talk.failed(`A reader was answered ${status}.`);
    } else {
      this.#open = true;
      const rest = Buffer.from(this.#head.slice(end + HEAD_END.length), "latin1");
      this.#head = "";
      this.#options.dialect.opened(this.#talk);
      if (rest.length > 0) this.#cutter.cut(rest, this.#listener);
    }
  }

  #take(payload: Buffer, compressed: boolean): void {
    const { tape, seq } = this;
    const known = tape.follow(seq, payload);
    if (known) {
      if (compressed) this.#window.add(known.text);
      this.seq = known.to;
      this.#observer.onRange(tape, seq, seq, known.to);
      return;
    }
    const text = compressed ? this.#window.inflate(payload) : payload;
    if (compressed) this.#window.add(text);
    const range = this.#options.dialect.hear(text.toString(), this.#talk);
    if (!range) return;
    tape.learn(range, payload, text);
    this.seq = Math.max(seq, range.to);
    this.#observer.onRange(tape, seq, range.from, range.to);
  }

  #fail(error: Error): void {
    this.#socket.removeAllListeners("close").destroy();
    if (this.#entered) this.#entered.reject(error);
    else this.#observer.onFailed(error);
  }
}
