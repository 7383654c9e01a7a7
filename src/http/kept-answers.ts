import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import type { Request } from "express";
import type { Feeds } from "../feed/feeds.ts";
import type { StoryFeed } from "../feed/story-feed.ts";
import type { Access } from "../protocol/access.ts";
import type { Timeline } from "../protocol/timeline.ts";
import type { ReadRate } from "./read-rate.ts";
import type { RequestLog } from "./request-log.ts";

/** An answer as it went out, but for what is each request's own. `access`: who might read it then. */
type Kept = { headers: string[]; bytes: Buffer; access: Access };

/** Ways of asking: by address, by encodings, by the site that asks. Strangers may invent more than are worth keeping. */
const FORMS_MAX = 50;
const STORY = /^\/(?:api\/v1\/)?stories\/([a-z0-9-]+)(?:\?|$)/;
/** A key or a condition makes it another question; a body, one that has to be refused first. */
const OTHER_QUESTION = ["authorization", "if-none-match", "content-length", "transfer-encoding", "expect"];
/** Of a request's own, or Node's to say. */
const OWN_HEADERS = new Set(["x-request-id", "date", "connection", "keep-alive"]);

/**
 * What hangs on nothing but the state of a story is answered the same to whoever asks the same: with the bytes and the
 * headers that the first of them got, before any routing, which costs several times as much as the answer itself.
 */
export class KeptAnswers {
  readonly #byTimeline = new WeakMap<Timeline, Map<string, Kept>>();

  /** Of an answer that is complete: its headers are set, and `bytes` are all of it. */
  keep(request: Request, response: ServerResponse, story: StoryState, bytes: Buffer): void {
    // Routes see what is left of the address.
    const form = formOf(request, request.originalUrl);
    const forms = this.#byTimeline.get(story.timeline) ?? new Map<string, Kept>();
    if (form === null || response.statusCode !== 200 || forms.size >= FORMS_MAX) return;
    const headers = Object.entries(response.getHeaders())
      .filter(([name]) => !OWN_HEADERS.has(name))
      .flatMap(([name, value]) => [name, String(value)]);
    this.#byTimeline.set(story.timeline, forms.set(form, { headers, bytes, access: story.access }));
  }

  find(request: IncomingMessage, feed: StoryFeed): Kept | null {
    const form = formOf(request, request.url);
    const kept = form === null ? undefined : this.#byTimeline.get(feed.timeline)?.get(form);
    return kept?.access === feed.access ? kept : null;
  }
}

export type StoryState = Pick<StoryFeed, "timeline" | "access">;

/** @returns null for what has to be looked at more closely. */
function formOf({ method, headers }: IncomingMessage, url = ""): string | null {
  if (method !== "GET" || OTHER_QUESTION.some((name) => headers[name] !== undefined)) return null;
  return [url, headers["accept-encoding"], headers.origin].join("\n");
}

export type Front = { kept: KeptAnswers; feeds: Feeds; readRate: ReadRate; log: RequestLog };

/** Answers what is kept, and leaves everything else to `app`. */
export function answerKept({ kept, feeds, readRate, log }: Front, app: RequestListener): RequestListener {
  return (request, response) => {
    const [, slug] = STORY.exec(request.url ?? "") ?? [];
    const feed = slug === undefined ? null : feeds.peek(slug);
    const answer = feed && kept.find(request, feed);
    if (!answer || readRate.waitMs(request) > 0) return void app(request, response);
    const requestId = log.begin(request, response);
    response.writeHead(200, ["X-Request-Id", requestId, ...answer.headers]).end(answer.bytes);
  };
}
