import keySlot from "cluster-key-slot";
import { Cluster } from "ioredis";
import { type Client, connectSubscriber } from "./clients.ts";
import type { RedisAddress } from "./redis-url.ts";
import { type ChannelListener, Subscriber } from "./subscriber.ts";

/** Which connection hears of which channel. */
export interface SubscriberPool {
  /** @returns null when it is not known at the moment. */
  subscriberOf(channel: string): Subscriber | null;
  readonly subscribers: Subscriber[];
  /** `listenerOf` says who listens to a channel that has moved to another connection. */
  onMoved(listenerOf: (channel: string) => ChannelListener | undefined): void;
  close(): void;
}

export function openSubscriberPool(address: RedisAddress, client: Client): SubscriberPool {
  return client instanceof Cluster ? new ClusterPool(address, client) : new SinglePool(address);
}

class SinglePool implements SubscriberPool {
  readonly #subscriber: Subscriber;

  constructor(address: RedisAddress) {
    this.#subscriber = new Subscriber(connectSubscriber(address, null), () => {});
  }

  get subscribers(): Subscriber[] {
    return [this.#subscriber];
  }

  subscriberOf(): Subscriber {
    return this.#subscriber;
  }

  onMoved(): void {}

  close(): void {
    this.#subscriber.close();
  }
}

/** One connection to each master that channels of ours live on. They move when the slots of the cluster do. */
class ClusterPool implements SubscriberPool {
  readonly #address: RedisAddress;
  readonly #cluster: Cluster;
  readonly #byNode = new Map<string, Subscriber>();
  #listenerOf: (channel: string) => ChannelListener | undefined = () => undefined;

  constructor(address: RedisAddress, cluster: Cluster) {
    this.#address = address;
    this.#cluster = cluster;
    cluster.on("refresh", () => this.#rearrange());
  }

  get subscribers(): Subscriber[] {
    return [...this.#byNode.values()];
  }

  subscriberOf(channel: string): Subscriber | null {
    const node = this.#nodeOf(channel);
    if (node === undefined) return null;
    const subscriber = this.#byNode.get(node) ?? this.#connect(node);
    this.#byNode.set(node, subscriber);
    return subscriber;
  }

  onMoved(listenerOf: (channel: string) => ChannelListener | undefined): void {
    this.#listenerOf = listenerOf;
  }

  close(): void {
    for (const subscriber of this.#byNode.values()) subscriber.close();
    this.#byNode.clear();
  }

  #nodeOf(channel: string): string | undefined {
    return this.#cluster.slots[keySlot(channel)]?.[0];
  }

  #connect(node: string): Subscriber {
    const colon = node.lastIndexOf(":");
    const at = { host: node.slice(0, colon), port: Number(node.slice(colon + 1)) };
    // Who refuses a channel knows better than we do where it lives. Asked again, we know, too.
    return new Subscriber(connectSubscriber(this.#address, at), () => this.#cluster.refreshSlotsCache());
  }

  #rearrange(): void {
    for (const [node, subscriber] of this.#byNode) {
      for (const channel of [...subscriber.channels]) {
        const now = this.#nodeOf(channel);
        if (now === undefined || now === node) continue;
        subscriber.drop(channel);
        const listener = this.#listenerOf(channel);
        if (listener) this.subscriberOf(channel)?.adopt(channel, listener);
      }
      if (subscriber.size > 0) continue;
      subscriber.close();
      this.#byNode.delete(node);
    }
  }
}
