import { newEpoch } from "../epoch.ts";
import type { Commit, Write } from "../timeline-store.ts";

export type CommitLimits = { keepCommits: number; idempotencyWindowMs: number };

/** ARGV of `lua/commit.lua`. @param expiresAt by the clock of Redis. */
export function commitArguments(commit: Commit, expiresAt: number, limits: CommitLimits): string[] {
  const { tag, guards, writes, by, idempotency } = commit;
  const { keepCommits, idempotencyWindowMs: windowMs } = limits;
  const written = writes.findLast((write) => write.kind === "story");
  const request = {
    ...{ tag, newEpoch: newEpoch(), expiresAt, keepCommits, guards, by },
    status: written?.body.status,
    origins: written && JSON.stringify(written.allowedOrigins),
    idempotency: idempotency && {
      bodyHash: idempotency.bodyHash,
      ids: JSON.stringify(idempotency.ids),
      windowMs,
    },
    writes: writes.map(factsOf),
  };
  return [JSON.stringify(request), ...writes.flatMap((write) => [bodyOf(write) ?? "", markdownOf(write) ?? ""])];
}

function factsOf(write: Write): object {
  const texts = { hasBody: bodyOf(write) !== null, hasMarkdown: markdownOf(write) !== null };
  switch (write.kind) {
    case "entry": {
      const publishedAt = write.publishedAt === undefined ? undefined : Date.parse(write.publishedAt);
      return { kind: write.kind, item: write.body.id, publishedAt, ...texts };
    }
    case "retraction":
      return { kind: write.kind, item: write.id, ...texts };
    case "removal":
      return { kind: write.kind };
    default:
      return { kind: write.kind, item: write.kind, ...texts };
  }
}

/** JSON, always on one line. */
function bodyOf(write: Write): string | null {
  if (write.kind === "story" || write.kind === "entry") return JSON.stringify(write.body);
  return write.kind === "background" && write.html !== null ? JSON.stringify(write.html) : null;
}

function markdownOf(write: Write): string | null {
  return write.kind === "entry" || write.kind === "background" ? write.markdown : null;
}
