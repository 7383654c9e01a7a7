import type { Environment, Sign } from "../../src/client/connection-environment.ts";
import type { Socket, SocketEvent, SocketListener } from "../../src/client/socket.ts";
import type { JoinReply, JoinRequest } from "../../src/protocol/events.ts";
import { VirtualClock } from "./virtual-clock.ts";

/** What becomes of an attempt to connect. `pending`: the test will say. */
export type Attempt = "connects" | "fails" | "pending" | { refusal: unknown };
/** What a join gets. `silence`: nothing, unless the test answers itself. */
export type Answer = JoinReply | "silence";
export type Page = { status: number; body?: unknown };

/**
 * A reader's browser whose every event the test decides. Whatever the connection asks of the world was queued by the
 * test; asking for more is a fault, and fails it.
 */
export class VirtualReader implements Environment {
  readonly clock = new VirtualClock();
  /** Of every `random()` to come. */
  chance = 0.5;
  readonly sockets: VirtualSocket[] = [];
  readonly requests: { url: string; headers: Record<string, string> }[] = [];
  readonly reported: unknown[] = [];
  readonly #attempts: Attempt[] = [];
  readonly #answers: Answer[] = [];
  readonly #pages: Page[] = [];
  readonly #paints: (() => void)[] = [];
  readonly #faults: Error[] = [];
  readonly #listeners = new Set<(sign: Sign) => void>();
  #visible = true;
  #online = true;

  willConnect(...attempts: Attempt[]): void {
    this.#attempts.push(...attempts);
  }

  willAnswer(...answers: Answer[]): void {
    this.#answers.push(...answers);
  }

  willServe(...pages: Page[]): void {
    this.#pages.push(...pages);
  }

  /** The socket of the latest attempt. */
  get socket(): VirtualSocket {
    return this.sockets.at(-1) ?? this.#fault("no socket was opened");
  }

  get openSockets(): number {
    return this.sockets.filter(({ closed }) => !closed).length;
  }

  get listeners(): number {
    return this.#listeners.size;
  }

  /** Lets time pass, and fails on whatever was not queued. */
  async advance(ms: number): Promise<void> {
    await this.clock.advance(ms);
    const [fault] = this.#faults;
    if (fault) throw fault;
  }

  async see(sign: Sign): Promise<void> {
    this.tell(sign);
    await this.advance(0);
  }

  /** The same, without the time for anything to come of it. */
  tell(sign: Sign): void {
    if (sign === "hidden" || sign === "visible") this.#visible = sign === "visible";
    if (sign === "offline" || sign === "online") this.#online = sign === "online";
    for (const listener of this.#listeners) listener(sign);
  }

  paint(): void {
    for (const paint of this.#paints.splice(0)) paint();
  }

  /** For the sockets: the next of what was queued. */
  takeAnswer(): Answer {
    return this.#answers.shift() ?? this.#fault("a join more than the test has answers for");
  }

  now = (): number => this.clock.now();
  random = (): number => this.chance;
  after = (delayMs: number, run: () => void): (() => void) => this.clock.after(delayMs, run);
  afterPaint = (run: () => void): void => {
    this.#paints.push(run);
  };
  isVisible = (): boolean => this.#visible;
  isOnline = (): boolean => this.#online;
  onSign = (listener: (sign: Sign) => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  get = async (url: string, headers: Record<string, string>): Promise<Response> => {
    this.requests.push({ url, headers });
    const page = this.#pages.shift() ?? this.#fault(`a request more than the test has pages for: ${url}`);
    if (page.status === 0) throw new TypeError("no network");
    return new Response(page.body === undefined ? null : JSON.stringify(page.body), { status: page.status });
  };

  openSocket = (origin: string, listener: SocketListener): Socket => {
    const attempt = this.#attempts.shift() ?? this.#fault("an attempt to connect more than the test has queued");
    const socket = new VirtualSocket(this, origin, listener);
    this.sockets.push(socket);
    if (attempt === "connects") listener.onConnected();
    else if (attempt === "fails") listener.onLost();
    else if (attempt !== "pending") listener.onRefused(attempt.refusal, "no");
    return socket;
  };

  report = (error: unknown): void => {
    this.reported.push(error);
  };

  #fault(message: string): never {
    const fault = new Error(message);
    this.#faults.push(fault);
    throw fault;
  }
}

/** One attempt to connect, and what went over it. Once closed it still tries to be heard, as a late packet would. */
export class VirtualSocket implements Socket {
  readonly origin: string;
  readonly joins: JoinRequest[] = [];
  readonly left: string[] = [];
  readonly painted: { story: string; seq: number }[] = [];
  closed = false;
  /** Heartbeats were missed, as by a machine that slept. */
  isOverdue = false;
  readonly #reader: VirtualReader;
  readonly #listener: SocketListener;
  readonly #replies: ((reply: unknown) => void)[] = [];

  constructor(reader: VirtualReader, origin: string, listener: SocketListener) {
    this.#reader = reader;
    this.origin = origin;
    this.#listener = listener;
  }

  join = (request: JoinRequest, onReply: (reply: unknown) => void): void => {
    this.joins.push(request);
    this.#replies.push(onReply);
    const answer = this.#reader.takeAnswer();
    if (answer !== "silence") onReply(answer);
  };
  leave = (story: string): void => {
    this.left.push(story);
  };
  seen = (story: string, seq: number): void => {
    this.painted.push({ story, seq });
  };
  check = (): void => {
    if (this.isOverdue) this.#listener.onLost();
  };
  close = (): void => {
    this.closed = true;
  };

  connect = (): void => this.#listener.onConnected();
  lose = (): void => this.#listener.onLost();
  beat = (): void => this.#listener.onHeartbeat();
  refuse = (refusal: unknown): void => this.#listener.onRefused(refusal, "no");
  deliver = (name: SocketEvent, payload: unknown): void => this.#listener.onEvent(name, payload);
  /** Answers the join number `index`, counted from 0. */
  answer = (index: number, reply: unknown): void => this.#replies[index]?.(reply);
}
