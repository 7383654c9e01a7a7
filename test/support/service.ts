import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Logger, pino } from "pino";
import type { Config, Limits } from "../../src/config.ts";
import type { EditorsEntry, EditorsStory } from "../../src/editorial/editors-view.ts";
import type { FieldError, ProblemDocument } from "../../src/protocol/problem.ts";
import type { Changes, EntryDraft, Snapshot, StoryDraft, Tombstone } from "../../src/protocol/shapes.ts";
import { createService } from "../../src/service.ts";
import type { RevisionRecord } from "../../src/store/records.ts";
import { assertDescribed } from "./described.ts";

export const ADMIN_KEY = "dl_test-admin-key-of-32-characters";

const NONE = Number.POSITIVE_INFINITY;
export const NO_LIMITS: Limits = {
  publishesPerMinute: NONE,
  readsPerMinute: { each: NONE, thisMachine: NONE },
  connections: NONE,
  connectionsPerAddress: { each: NONE, thisMachine: NONE },
};

/** The fields of every answer there is. A test reads those that it expects, and fails where they are missing. */
export type AnswerBody = Omit<ProblemDocument, "errors"> &
  Snapshot &
  Changes & {
    errors: FieldError[];
    entry: EditorsEntry;
    story: EditorsStory;
    markdown: string;
    html: string;
    revision: number;
    tombstone: Tombstone;
    mode: "changes" | "snapshot";
    snapshot: Snapshot;
    stories: EditorsStory[];
    next: string | null;
    revisions: RevisionRecord[];
    url: string;
    expiresAt: string;
  };
export type Answer = { status: number; headers: Headers; body: AnswerBody; text: string };
export type Call = { body?: unknown; key?: string | null; headers?: Record<string, string> };

/** A real service on a port of its own and in a directory of its own. */
export class TestService {
  readonly url: string;
  readonly dataDirectory: string;
  readonly #close: () => Promise<void>;

  private constructor(url: string, dataDirectory: string, close: () => Promise<void>) {
    this.url = url;
    this.dataDirectory = dataDirectory;
    this.#close = close;
  }

  /** @param settings `dataDirectory` of an earlier service continues it. */
  static async start(settings: Partial<Config> = {}, logger: Logger = pino({ level: "silent" })): Promise<TestService> {
    const dataDirectory = settings.dataDirectory ?? (await mkdtemp(join(tmpdir(), "dateline-test-")));
    const config: Config = {
      ...{ port: 0, host: "127.0.0.1", publicUrl: null, adminKey: ADMIN_KEY, production: false, logLevel: "silent" },
      ...{ publisher: { name: "The Daily Test", logoUrl: null }, allowedOrigins: [], drainMs: 0, redis: null },
      ...{ limits: NO_LIMITS, trustedProxies: 0, workers: 1, fanout: "write" },
      ...settings,
      dataDirectory,
    };
    const service = await createService(config, logger, "0.0.0-test");
    return new TestService(service.url, dataDirectory, () => service.close());
  }

  /** Stops the service and leaves its data. */
  stop(): Promise<void> {
    return this.#close();
  }

  async close(): Promise<void> {
    await this.#close();
    await rm(this.dataDirectory, { recursive: true, force: true });
  }

  /**
   * Every answer is held against the OpenAPI document.
   *
   * @param path below `/api/v1`, or of a page when it begins with `//`.
   */
  async call(method: string, path: string, { body, key = ADMIN_KEY, headers = {} }: Call = {}): Promise<Answer> {
    const address = path.startsWith("//") ? `${this.url}${path.slice(1)}` : `${this.url}/api/v1${path}`;
    const json = body === undefined ? {} : { "Content-Type": "application/json" };
    const authorization = key === null ? {} : { Authorization: `Bearer ${key}` };
    const payload = typeof body === "string" ? body : JSON.stringify(body);
    const init = { method, headers: { ...json, ...authorization, ...headers }, redirect: "manual" } as const;
    const response = await fetch(address, payload === undefined ? init : { ...init, body: payload });
    const text = await response.text();
    const { status } = response;
    assertDescribed({ method, path: address.slice(this.url.length), status, headers: response.headers, text });
    const isJson = /json/.test(response.headers.get("content-type") ?? "");
    return { status, headers: response.headers, body: isJson && text ? JSON.parse(text) : {}, text };
  }

  async createStory(draft: Partial<StoryDraft> = {}): Promise<EditorsStory> {
    const whole = { slug: "story", headline: "A story", timeZone: "America/Chicago", status: "live", ...draft };
    const { status, body } = await this.call("POST", "/stories", { body: whole });
    if (status !== 201) throw new Error(`The story was not created: ${JSON.stringify(body)}`);
    return body.story;
  }

  async publish(slug: string, draft: Partial<EntryDraft> = {}): Promise<EditorsEntry> {
    const { status, body } = await this.call("POST", `/stories/${slug}/entries`, {
      body: { markdown: "Text", ...draft },
    });
    if (status !== 201) throw new Error(`The entry was not published: ${JSON.stringify(body)}`);
    return body.entry;
  }

  async snapshot(slug: string, limit = 200): Promise<Snapshot> {
    return (await this.call("GET", `/stories/${slug}?limit=${limit}`, { key: null })).body;
  }
}
