/** Who may do what. A key itself is never stored, only its SHA-256. */
export interface KeyStore {
  findKey(sha256: string): Promise<StoredKey | null>;
  addKey(key: StoredKey): Promise<void>;
  /** Oldest first, revoked ones included. */
  listKeys(): Promise<StoredKey[]>;
  /** @returns false when there is no such key. Repeating it changes nothing. */
  revokeKey(id: string, at: string): Promise<boolean>;
  /** Signs what the service hands out. Random, made at the first call, the same for every node from then on. */
  signingSecret(): Promise<string>;
}

export type StoredKey = {
  id: string;
  name: string;
  /** Hex. */
  sha256: string;
  role: "editor" | "admin";
  /** Slugs that the key is limited to; null: every story. */
  stories: string[] | null;
  createdAt: string;
  revokedAt: string | null;
};
