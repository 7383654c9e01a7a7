import type { Response } from "express";
import type { Logger } from "pino";
import type { Principal } from "../editorial/keys.ts";
import { isStoreAway } from "./problems.ts";

/** What an editor asks for: everything of it is in the log line. */
export type Audited = { principal: Principal; action: string; story: string; entry?: string | null; revision?: number };

/** Where the command has left the story, as far as it says so. */
type Effect = { head?: { seq: number }; entry?: { id: string }; repeated?: boolean };

/**
 * Carries out a write and logs one line of who did what: of every write that was answered, and of those whose outcome
 * the store did not tell, since they may have happened. What was refused has changed nothing.
 */
export async function audited<T>(
  response: Response,
  { principal, ...asked }: Audited,
  carryOut: () => Promise<T>,
): Promise<T> {
  const log = (more: object) =>
    (response.locals.logger as Logger).info({ by: principal.holder, ...asked, ...more }, "write");
  try {
    const answer = await carryOut();
    const { head, entry, repeated } = (answer ?? {}) as Effect;
    log({ entry: entry?.id ?? asked.entry, seq: head?.seq, repeated: repeated || undefined });
    return answer;
  } catch (error) {
    if (isStoreAway(error)) log({ outcome: "unknown" });
    throw error;
  }
}
