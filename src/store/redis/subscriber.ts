import type { Redis } from "ioredis";

export type ChannelListener = {
  heard(message: string): void;
  /** Nothing is heard from now on, until `interrupted` is called. */
  lost?(): void;
  /** Messages may have been lost since the last one; those that follow this call are complete again. */
  interrupted(): void;
};

type Channel = { listener: ChannelListener; lost: boolean };

/** How many channels are asked for in one command when a connection is made anew. */
const CHANNELS_AT_ONCE = 500;

/**
 * One connection that hears of channels, made anew whenever it breaks. Sharded pub/sub throughout: what a single
 * server does not need costs it nothing, and a cluster sends each message to the readers of one node only.
 */
export class Subscriber {
  readonly #client: Redis;
  readonly #channels = new Map<string, Channel>();
  readonly #onRefused: (channels: string[]) => void;
  /** The first connection; whoever comes before it waits for it. */
  #connected: Promise<unknown>;

  /** @param onRefused told of channels that this server is not, or no longer, the one for. */
  constructor(client: Redis, onRefused: (channels: string[]) => void) {
    this.#client = client;
    this.#onRefused = onRefused;
    client.on("smessage", (channel: string, message: string) => this.#hear(channel, message));
    client.on("close", () => this.#markLost([...this.#channels.keys()]));
    client.on("ready", () => {
      this.#connected = Promise.resolve();
      void this.#subscribeAgain();
    });
    // A cluster has given a slot to another server; ioredis does not say which.
    client.on("moved", () => {
      this.#markLost([...this.#channels.keys()]);
      void this.#subscribeAgain();
    });
    this.#connected = client.connect();
    this.#connected.catch(() => {});
  }

  get size(): number {
    return this.#channels.size;
  }

  get channels(): IterableIterator<string> {
    return this.#channels.keys();
  }

  /** Resolves once it is in force. Rejects when the server is away, or is not the one for this channel. */
  async subscribe(channel: string, listener: ChannelListener): Promise<void> {
    this.#channels.set(channel, { listener, lost: false });
    try {
      await this.#connected;
      await this.#client.ssubscribe(channel);
    } catch (error) {
      if (this.#channels.get(channel)?.listener === listener) this.#channels.delete(channel);
      throw error;
    }
  }

  /** Takes a channel over that is in force elsewhere, or was: its listener is told of the interruption. */
  adopt(channel: string, listener: ChannelListener): void {
    this.#channels.set(channel, { listener, lost: true });
    listener.lost?.();
    if (this.#client.status === "ready") void this.#ask([channel]);
  }

  drop(channel: string): void {
    if (!this.#channels.delete(channel) || this.#client.status !== "ready") return;
    this.#client.sunsubscribe(channel).catch(() => {});
  }

  /** For a connection that stands and yet brings nothing. */
  reconnect(): void {
    if (this.#client.status === "ready") this.#client.disconnect(true);
  }

  close(): void {
    this.#channels.clear();
    this.#client.disconnect();
  }

  #hear(name: string, message: string): void {
    const channel = this.#channels.get(name);
    if (!channel) return;
    this.#tellIfLost(channel);
    channel.listener.heard(message);
  }

  #tellIfLost(channel: Channel): void {
    if (!channel.lost) return;
    channel.lost = false;
    channel.listener.interrupted();
  }

  #markLost(names: string[]): void {
    for (const name of names) {
      const channel = this.#channels.get(name);
      if (!channel) continue;
      channel.lost = true;
      channel.listener.lost?.();
    }
  }

  async #subscribeAgain(): Promise<void> {
    const names = [...this.#channels.keys()];
    for (let first = 0; first < names.length; first += CHANNELS_AT_ONCE) {
      await this.#ask(names.slice(first, first + CHANNELS_AT_ONCE));
    }
  }

  async #ask(names: string[]): Promise<void> {
    const channels = names.map((name) => this.#channels.get(name));
    // One command each: in a cluster, the channels of a command must be of one slot.
    const outcomes = await Promise.allSettled(names.map((name) => this.#client.ssubscribe(name)));
    const refused: string[] = [];
    let failed = false;
    names.forEach((name, index) => {
      const [channel, outcome] = [channels[index], outcomes[index]];
      if (!channel || this.#channels.get(name) !== channel) return;
      if (outcome?.status === "fulfilled") this.#tellIfLost(channel);
      else if (isMoved(outcome?.reason)) refused.push(name);
      else failed = true;
    });
    if (failed) this.reconnect();
    if (refused.length > 0) this.#onRefused(refused);
  }
}

export function isMoved(error: unknown): boolean {
  return error instanceof Error && /^(MOVED|CLUSTERDOWN|CROSSSLOT)/.test(error.message);
}
