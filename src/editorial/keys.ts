import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import { v7 as uuidv7 } from "uuid";
import { Problem } from "../protocol/problem.ts";
import type { KeyStore, StoredKey } from "../store/key-store.ts";
import type { Holder } from "../store/records.ts";

/** Someone who holds an API key. `stories` null: every story. */
export type Principal = { holder: Holder; role: "editor" | "admin"; stories: readonly string[] | null };

export const KEY_NAME_MAX_CHARS = 100;
export type KeyRequest = { name: string; role: "editor" | "admin"; stories: string[] | null };

const ENVIRONMENT_ADMIN: Principal = { holder: { id: "admin-key", name: "ADMIN_KEY" }, role: "admin", stories: null };

/**
 * How long a revoked key may still work on a node: the price of not asking the store for every request. Who may is asked
 * again while requests go on, and all of it has to fit into the promised 5 s.
 */
const TRUSTED_MS = 3_000;
const REMEMBERED_KEYS = 1_000;

export class Keys {
  readonly #store: KeyStore;
  readonly #adminSha256: string | null;
  readonly #recent = new Map<string, { key: StoredKey; until: number }>();

  /** @param adminKey the key of the settings, which may do everything; null when there is none. */
  constructor(store: KeyStore, adminKey: string | null) {
    this.#store = store;
    this.#adminSha256 = adminKey === null ? null : sha256(adminKey);
  }

  /** @returns null for a key that is unknown or revoked. */
  async authenticate(secret: string): Promise<Principal | null> {
    const hash = sha256(secret);
    if (this.#adminSha256 !== null && equal(hash, this.#adminSha256)) return ENVIRONMENT_ADMIN;
    const key = await this.#find(hash);
    if (!key || key.revokedAt !== null) return null;
    return { holder: { id: key.id, name: key.name }, role: key.role, stories: key.stories };
  }

  /**
   * Keys are found by their hash. How long that takes tells nothing: nobody can choose what the hash of a guess begins
   * with.
   */
  async #find(hash: string): Promise<StoredKey | null> {
    const recent = this.#recent.get(hash);
    if (recent && recent.until > performance.now()) return recent.key;
    this.#recent.delete(hash);
    const askedAt = performance.now();
    const key = await this.#store.findKey(hash);
    if (key) {
      if (this.#recent.size >= REMEMBERED_KEYS) this.#recent.clear();
      this.#recent.set(hash, { key, until: askedAt + TRUSTED_MS });
    }
    return key;
  }

  /** The key of whoever starts the service first; null when somebody holds a key already. */
  async createFirst(): Promise<string | null> {
    if ((await this.#store.listKeys()).length > 0) return null;
    return (await this.create({ name: "first admin", role: "admin", stories: null })).secret;
  }

  /** Makes a key. The secret is told once and kept nowhere. */
  async create(request: KeyRequest): Promise<{ id: string; secret: string }> {
    const id = uuidv7();
    const secret = newSecret();
    const createdAt = new Date().toISOString();
    await this.#store.addKey({ ...request, id, sha256: sha256(secret), createdAt, revokedAt: null });
    return { id, secret };
  }
}

/** 192 bits, with a prefix by which secret scanners and people know it. */
function newSecret(): string {
  return `dl_${randomBytes(24).toString("base64url")}`;
}

export function mayEdit(principal: Principal | null, slug: string): principal is Principal {
  return principal !== null && (principal.stories === null || principal.stories.includes(slug));
}

export function requireEditor(principal: Principal, slug: string): void {
  if (!mayEdit(principal, slug)) throw new Problem("forbidden", `This key may not edit the story "${slug}".`);
}

export function requireEditorOfAll(principal: Principal): void {
  if (principal.stories !== null) throw new Problem("forbidden", "This key is limited to named stories.");
}

export function requireAdmin(principal: Principal): void {
  if (principal.role !== "admin") throw new Problem("forbidden", "Only an admin's key may do this.");
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

function equal(a: string, b: string): boolean {
  return timingSafeEqual(Buffer.from(a), Buffer.from(b));
}
