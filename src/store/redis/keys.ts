import { randomBytes } from "node:crypto";
import type { KeyStore, StoredKey } from "../key-store.ts";
import type { Commands } from "./commands.ts";
import type { KeySpace } from "./key-space.ts";
import { scripts } from "./scripts.ts";

type KeyReply = [key: string, revokedAt: string | null];

export class RedisKeys implements KeyStore {
  readonly #commands: Commands;
  readonly #keySpace: KeySpace;

  constructor(commands: Commands, keySpace: KeySpace) {
    this.#commands = commands;
    this.#keySpace = keySpace;
  }

  async findKey(sha256: string): Promise<StoredKey | null> {
    const keys = [this.#key("by-id"), this.#key("by-hash"), this.#key("revoked")];
    const reply = await this.#commands.run<KeyReply | null>(scripts.findKey, keys, [sha256]);
    return reply && toKey(reply);
  }

  async addKey(key: StoredKey): Promise<void> {
    const keys = [this.#key("by-id"), this.#key("by-hash"), this.#key("by-age")];
    const args = [key.id, key.sha256, Date.parse(key.createdAt) || 0, JSON.stringify(key)];
    await this.#commands.run(scripts.addKey, keys, args);
    await this.#commands.confirm(this.#key("confirmed"));
  }

  async listKeys(): Promise<StoredKey[]> {
    const keys = [this.#key("by-id"), this.#key("by-age"), this.#key("revoked")];
    return (await this.#commands.run<KeyReply[]>(scripts.listKeys, keys, [])).map(toKey);
  }

  async revokeKey(id: string, at: string): Promise<boolean> {
    const keys = [this.#key("by-id"), this.#key("revoked")];
    const known = (await this.#commands.run<number>(scripts.revokeKey, keys, [id, at])) === 1;
    // A failover must not bring a revoked key back.
    if (known) await this.#commands.confirm(this.#key("confirmed"));
    return known;
  }

  async signingSecret(): Promise<string> {
    const made = randomBytes(32).toString("base64url");
    const key = this.#key("signing-secret");
    // Read first: a Redis without memory refuses every write, also one that would change nothing.
    const kept = await this.#commands.ask((client) => client.get(key));
    return kept ?? (await this.#commands.ask((client) => client.set(key, made, "NX", "GET"))) ?? made;
  }

  #key(name: string): string {
    return this.#keySpace.of("keys", name);
  }
}

function toKey([json, revokedAt]: KeyReply): StoredKey {
  return { ...(JSON.parse(json) as StoredKey), revokedAt };
}
