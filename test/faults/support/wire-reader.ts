import assert from "node:assert/strict";
import { setTimeout as pause } from "node:timers/promises";
import { io, type Socket } from "socket.io-client";
import type {
  ChangesEvent,
  ClientToServerEvents,
  JoinReply,
  JoinRequest,
  ServerToClientEvents,
} from "../../../src/protocol/events.ts";
import { itemOf } from "../../../src/protocol/range.ts";
import type { Changes, Entry, Snapshot } from "../../../src/protocol/shapes.ts";

const RETRY_FROM_MS = 30;
const RETRY_SPREAD_MS = 100;
/** More than any node takes that is alive, also while its store is away. */
const ANSWER_MS = 5_000;

type Connection = Socket<ServerToClientEvents, ClientToServerEvents>;

/**
 * A reader that hides nothing. Our own client asks again when it finds a hole, and so would pass over one that no node
 * may leave: here each range must begin where the last one ended, on whichever node, and no change may come twice.
 */
export class WireReader {
  /** What no reader may be told, whatever happens. */
  readonly faults: string[] = [];
  /** Answers to a position with a whole story: for readers of a history that is gone, and for nobody else. */
  startedAgain = 0;
  resets = 0;
  goodbyes = 0;
  /** Connections that a node ended without a goodbye. */
  readonly cuts: string[] = [];
  position: string | null = null;
  readonly #story: string;
  readonly #random: () => number;
  readonly #nodes: () => string[];
  readonly #told = new Set<string>();
  #entries = new Map<string, Entry>();
  #epoch = "";
  #seq = 0;
  #socket: Connection | null = null;
  #joined = false;
  #closed = false;
  readonly #living: Promise<void>;
  #onProgress = () => {};
  #onGone = () => {};

  /** @param nodes URLs of nodes that may be asked. */
  constructor(story: string, random: () => number, nodes: () => string[]) {
    this.#story = story;
    this.#random = random;
    this.#nodes = nodes;
    this.#living = this.#live();
  }

  async reaches(position: string): Promise<void> {
    while (this.position !== position) await this.#progress();
  }

  async joins(): Promise<void> {
    while (this.position === null) await this.#progress();
  }

  async reachesSeq(seq: number): Promise<void> {
    while (this.#seq < seq) await this.#progress();
  }

  assertHolds({ entries, position }: Snapshot): void {
    const byId = (list: Iterable<Entry>) => [...list].sort((a, b) => (a.id < b.id ? -1 : 1));
    assert.equal(this.position, position);
    assert.deepEqual(byId(this.#entries.values()), byId(entries));
  }

  /** Goes to another node, perhaps. */
  hop(): void {
    this.#socket?.disconnect();
    // A socket that is given up before it is connected says nothing.
    this.#onGone();
  }

  /** Resolves when it is answered where it has gone. */
  async moves(): Promise<void> {
    this.hop();
    this.#joined = false;
    while (!this.#joined) await this.#progress();
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.hop();
    await this.#living;
  }

  async #live(): Promise<void> {
    while (!this.#closed) {
      const nodes = this.#nodes();
      const url = nodes[Math.floor(this.#random() * nodes.length)];
      if (url !== undefined) await this.#stay(url);
      await pause(RETRY_FROM_MS + this.#random() * RETRY_SPREAD_MS);
    }
  }

  /** Resolves when the connection has ended. */
  #stay(url: string): Promise<void> {
    const socket: Connection = io(url, { transports: ["websocket"], reconnection: false, forceNew: true });
    this.#socket = socket;
    let expectsGoodbye = false;
    socket.on("connect", () => {
      expectsGoodbye = true;
      this.#join(socket);
    });
    socket.on("changes", (event) => this.#takeEvent(event));
    socket.on("reset", ({ afterMs }) => {
      this.resets += 1;
      this.#joined = false;
      this.position = null;
      setTimeout(() => this.#join(socket), afterMs);
    });
    socket.on("goodbye", ({ reconnectAfterMs }) => {
      this.goodbyes += 1;
      expectsGoodbye = false;
      setTimeout(() => socket.disconnect(), reconnectAfterMs);
    });
    return new Promise((resolve) => {
      this.#onGone = resolve;
      socket.on("connect_error", () => resolve());
      socket.on("disconnect", (reason) => {
        this.#joined = false;
        if (reason !== "io client disconnect" && expectsGoodbye) this.cuts.push(`${reason} of ${url}`);
        resolve();
      });
    });
  }

  #join(socket: Connection): void {
    const { position } = this;
    const request: JoinRequest = { story: this.#story, limit: 200, ...(position !== null && { position }) };
    socket.timeout(ANSWER_MS).emit("join", request, (error: Error | null, reply: JoinReply) => {
      const isCurrent = !error && socket === this.#socket && socket.connected;
      if (isCurrent && reply.ok) return this.#takeReply(reply, position);
      if (isCurrent && !reply.ok && !reply.error.retryable) this.#fault(`was refused: ${reply.error.code}`);
      socket.disconnect();
    });
  }

  #takeReply(reply: JoinReply & { ok: true }, asked: string | null): void {
    this.#joined = true;
    if (reply.mode === "snapshot") this.#startFrom(reply.epoch, reply.snapshot, asked);
    else if (reply.epoch === this.#epoch) this.#take(reply.epoch, reply);
    else this.#fault("was resumed in another epoch");
  }

  #startFrom(epoch: string, snapshot: Snapshot, asked: string | null): void {
    if (asked !== null) {
      this.startedAgain += 1;
      if (epoch === this.#epoch && snapshot.seq < this.#seq) this.#fault(`went back to ${snapshot.seq} of ${asked}`);
    }
    this.#epoch = epoch;
    this.#entries = new Map(snapshot.entries.map((entry) => [entry.id, entry]));
    this.#reached(snapshot);
  }

  #takeEvent({ epoch, ...range }: ChangesEvent): void {
    if (!this.#joined) this.#fault(`was told (${range.from}, ${range.to}] without having joined`);
    else if (epoch !== this.#epoch) this.#fault("was told of another epoch");
    else this.#take(epoch, range);
  }

  #take(epoch: string, { from, to, changes, position }: Changes): void {
    if (from !== this.#seq) this.#fault(`stood at ${this.#seq} and was told (${from}, ${to}]`);
    let last = from;
    for (const change of changes) {
      if (change.seq <= last || change.seq > to)
        this.#fault(`was told ${change.seq} after ${last} of (${from}, ${to}]`);
      last = change.seq;
      const name = `${epoch}.${change.seq} ${itemOf(change)}`;
      if (this.#told.has(name)) this.#fault(`was told ${name} twice`);
      this.#told.add(name);
      if (change.kind === "entry") this.#entries.set(change.entry.id, change.entry);
      if (change.kind === "retraction") this.#entries.delete(change.tombstone.id);
    }
    this.#reached({ seq: to, position });
  }

  #reached({ seq, position }: { seq: number; position: string }): void {
    if (position.split(".")[1] !== String(seq)) this.#fault(`was given ${position} at ${seq}`);
    this.#seq = seq;
    this.position = position;
    this.#onProgress();
  }

  #progress(): Promise<void> {
    return new Promise((resolve) => {
      this.#onProgress = resolve;
    });
  }

  #fault(what: string): void {
    this.faults.push(what);
  }
}
