import { randomBytes } from "node:crypto";

/** 72 random bits in the alphabet of positions. */
export function newEpoch(): string {
  return randomBytes(9).toString("base64url");
}

/** Names a commit or a renewal in a story's history. */
export function newTag(): string {
  return randomBytes(6).toString("base64url");
}
