import { assertConforms } from "./described.ts";

export type StreamEvent<T> = { id: string | undefined; event: string; data: T; raw: string };

/** A stranger's reader of server-sent events, one event at a time. */
export class EventStream {
  readonly response: Response;
  readonly #abort: AbortController;
  readonly #chunks: AsyncIterator<Uint8Array>;
  readonly #decoder = new TextDecoder();
  #text = "";

  private constructor(response: Response, abort: AbortController) {
    this.response = response;
    this.#abort = abort;
    this.#chunks = (response.body ?? new ReadableStream())[Symbol.asyncIterator]();
  }

  static async open(url: string, headers: Record<string, string> = {}): Promise<EventStream> {
    const abort = new AbortController();
    return new EventStream(await fetch(url, { headers, signal: abort.signal }), abort);
  }

  /** The next event, comments passed over. @throws when it is another one, or the stream has ended. */
  async next<T = unknown>(event: string): Promise<StreamEvent<T>> {
    const received = await this.#read();
    if (received?.event !== event) throw new Error(`Expected ${event}, received ${JSON.stringify(received)}`);
    return received as StreamEvent<T>;
  }

  /** @throws when an event comes instead. */
  async end(): Promise<void> {
    const received = await this.#read();
    if (received) throw new Error(`Expected the end, received ${JSON.stringify(received)}`);
  }

  async #read(): Promise<StreamEvent<unknown> | null> {
    for (;;) {
      const end = this.#text.indexOf("\n\n");
      if (end >= 0) {
        const raw = this.#text.slice(0, end);
        this.#text = this.#text.slice(end + 2);
        if (!raw.startsWith(":")) return parse(raw);
        continue;
      }
      const { done, value } = await this.#chunks.next();
      if (done) return null;
      this.#text += this.#decoder.decode(value, { stream: true });
    }
  }

  close(): void {
    this.#abort.abort();
  }
}

/** The names of the schemas of events, as the OpenAPI document has them. */
const SCHEMAS: Record<string, string> = {
  snapshot: "Snapshot",
  changes: "ChangesEvent",
  reset: "ResetEvent",
  presence: "PresenceEvent",
  goodbye: "GoodbyeEvent",
};

function parse(raw: string): StreamEvent<unknown> {
  const fields = new Map(
    raw.split("\n").map((line) => [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 1).trim()]),
  );
  const event = fields.get("event") ?? "";
  const data = JSON.parse(fields.get("data") ?? "null");
  assertConforms(data, { $ref: `#/components/schemas/${SCHEMAS[event]}` }, `Event ${event}`);
  return { id: fields.get("id"), event, data, raw };
}
