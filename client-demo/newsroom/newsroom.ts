import { setTimeout as sleep } from "node:timers/promises";
import { errorFromAnswer, errorFromSilence, type NewsroomError, retryAfterMs } from "./problem.ts";

// The shapes are those of the service's /openapi.json, cut down to what a newsroom sends and reads.

export type Author = { name: string; url: string | null };
export type Attribution = { source: string; url: string | null; status: "reported" | "confirmed" | "disputed" };

export type StoryDraft = {
  slug: string;
  headline: string;
  timeZone: string;
  status?: "draft" | "scheduled" | "live" | "paused" | "ended";
  summary?: string | null;
  background?: { markdown: string } | null;
  language?: string;
  topics?: { slug: string; name: string }[];
  authors?: Author[];
};
export type StoryPatch = Partial<Omit<StoryDraft, "slug">>;

export type EntryDraft = {
  markdown: string;
  headline?: string | null;
  label?: string;
  importance?: "normal" | "key" | "breaking";
  attributions?: Attribution[];
  authors?: Author[];
};
export type EntryPatch = Partial<EntryDraft> & { correction?: string };

export type Story = { slug: string; status: string; url: string };
export type Entry = { id: string; revision: number; url: string };

/** Every call rejects with a `NewsroomError`, or with the signal's reason once it is aborted. */
export type Newsroom = {
  createStory(draft: StoryDraft, signal?: AbortSignal): Promise<Story>;
  patchStory(slug: string, patch: StoryPatch, signal?: AbortSignal): Promise<Story>;
  publish(slug: string, draft: EntryDraft, signal?: AbortSignal): Promise<Entry>;
  /** Refused with `revision_mismatch` if somebody has revised the entry since `entry` was read. */
  revise(slug: string, entry: Entry, patch: EntryPatch, signal?: AbortSignal): Promise<Entry>;
  retract(slug: string, entryId: string, signal?: AbortSignal): Promise<void>;
  pin(slug: string, entryId: string, signal?: AbortSignal): Promise<void>;
  unpin(slug: string, signal?: AbortSignal): Promise<void>;
};

export type NewsroomOptions = {
  /** Where the service listens, such as `http://localhost:3000`. */
  baseUrl: string;
  /** An editor's key. */
  key: string;
  /** @default a timer */
  wait?: (ms: number, signal: AbortSignal | undefined) => Promise<unknown>;
  /** @default random */
  newIdempotencyKey?: () => string;
};

const MAX_ATTEMPTS = 5;
const FIRST_PAUSE_MS = 250;
/** Rate limits are counted by the minute; a service that asks for more than that needs a person, not patience. */
const LONGEST_PAUSE_MS = 60_000;
/** The service itself gives up on its store after two seconds. */
const ANSWER_TIMEOUT_MS = 10_000;

type Call = {
  /** Completes "The service did not …". */
  task: string;
  method: "POST" | "PATCH" | "PUT" | "DELETE";
  path: string;
  body?: unknown;
  headers?: Record<string, string>;
  signal: AbortSignal | undefined;
};

type Outcome =
  | { ok: true; answer: unknown }
  | { ok: false; error: NewsroomError; repeatable: boolean; retryAfterMs: number | null };

export function createNewsroom(options: NewsroomOptions): Newsroom {
  const { newIdempotencyKey = () => crypto.randomUUID() } = options;
  const send = (call: Call) => sendWithRepeats(call, options);
  const post = (call: Omit<Call, "method">) =>
    send({ ...call, method: "POST", headers: { "Idempotency-Key": newIdempotencyKey() } });

  return {
    async createStory(draft, signal) {
      const answer = await post({ task: "create the story", path: "/stories", body: draft, signal });
      return (answer as { story: Story }).story;
    },
    async patchStory(slug, patch, signal) {
      const answer = await send({ task: "change the story", method: "PATCH", path: story(slug), body: patch, signal });
      return (answer as { story: Story }).story;
    },
    async publish(slug, draft, signal) {
      const answer = await post({ task: "publish the entry", path: `${story(slug)}/entries`, body: draft, signal });
      return (answer as { entry: Entry }).entry;
    },
    async revise(slug, entry, patch, signal) {
      // If-Match also keeps a repeat from appending the same correction twice.
      const headers = { "If-Match": `"${entry.revision}"` };
      const path = `${story(slug)}/entries/${encodeURIComponent(entry.id)}`;
      const answer = await send({ task: "revise the entry", method: "PATCH", path, body: patch, headers, signal });
      return (answer as { entry: Entry }).entry;
    },
    async retract(slug, entryId, signal) {
      const path = `${story(slug)}/entries/${encodeURIComponent(entryId)}`;
      await send({ task: "retract the entry", method: "DELETE", path, signal });
    },
    async pin(slug, entryId, signal) {
      const body = { entryId };
      await send({ task: "pin the entry", method: "PUT", path: `${story(slug)}/pin`, body, signal });
    },
    async unpin(slug, signal) {
      await send({ task: "unpin the entry", method: "DELETE", path: `${story(slug)}/pin`, signal });
    },
  };
}

function story(slug: string): string {
  return `/stories/${encodeURIComponent(slug)}`;
}

/** A repeat sends the very same headers, so that the service recognises a POST that had in fact succeeded. */
async function sendWithRepeats(call: Call, options: NewsroomOptions): Promise<unknown> {
  const { wait = (ms, signal) => sleep(ms, undefined, { signal }) } = options;
  for (let attempt = 1; ; attempt += 1) {
    const outcome = await sendOnce(call, options);
    if (outcome.ok) return outcome.answer;
    const pauseMs = outcome.retryAfterMs ?? FIRST_PAUSE_MS * 2 ** (attempt - 1);
    if (!outcome.repeatable || attempt === MAX_ATTEMPTS || pauseMs > LONGEST_PAUSE_MS) throw outcome.error;
    await wait(pauseMs, call.signal);
  }
}

async function sendOnce(call: Call, { baseUrl, key }: NewsroomOptions): Promise<Outcome> {
  call.signal?.throwIfAborted();
  const timeout = AbortSignal.timeout(ANSWER_TIMEOUT_MS);
  const headers: Record<string, string> = { Authorization: `Bearer ${key}`, ...call.headers };
  const request: RequestInit = {
    method: call.method,
    headers,
    signal: call.signal === undefined ? timeout : AbortSignal.any([call.signal, timeout]),
  };
  if (call.body !== undefined) {
    headers["Content-Type"] = "application/json";
    request.body = JSON.stringify(call.body);
  }
  try {
    const response = await fetch(`${baseUrl}/api/v1${call.path}`, request);
    if (response.ok) return { ok: true, answer: await response.json() };
    return {
      ok: false,
      error: await errorFromAnswer(call.task, response),
      repeatable: response.status === 503 || response.status === 429,
      retryAfterMs: retryAfterMs(response.headers.get("Retry-After"), Date.now()),
    };
  } catch (cause) {
    call.signal?.throwIfAborted();
    return { ok: false, error: errorFromSilence(call.task, baseUrl, cause), repeatable: true, retryAfterMs: null };
  }
}
