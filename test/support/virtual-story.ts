import { compareEntries, formatCursor, parseCursor } from "../../src/protocol/entry-order.ts";
import type { JoinReply } from "../../src/protocol/events.ts";
import { canResume, formatPosition, type Position, parsePosition } from "../../src/protocol/position.ts";
import type { Background, Change, Changes, Entry, Snapshot, Story, Tombstone } from "../../src/protocol/shapes.ts";

/**
 * A story as the service holds it, from plain maps and sorting: what readers are held against. Every step returns the
 * range that announces it.
 */
export class VirtualStory {
  readonly slug: string;
  epoch = "run1";
  seq = 1;
  story: Story;
  background: Background | null = null;
  #backgroundChange = { seq: 0, at: "" };
  readonly #items = new Map<string, Entry | Tombstone>();
  #tags = ["", "t1"];
  readonly #now: () => number;

  constructor(slug: string, now: () => number) {
    this.slug = slug;
    this.#now = now;
    const at = this.#time();
    this.story = {
      ...{ slug, seq: 1, headline: slug, summary: null, status: "live", timeZone: "UTC", language: "en" },
      ...{ direction: "ltr", topics: [], authors: [], image: null, pinnedEntryId: null, coverageStart: at },
      ...{ coverageEnd: null, createdAt: at, updatedAt: at, url: `https://live.example.com/stories/${slug}` },
    };
  }

  get position(): string {
    return formatPosition(this.#head);
  }

  /** Newest first, without tombstones. */
  get entries(): Entry[] {
    return [...this.#items.values()].filter((item): item is Entry => !("retracted" in item)).sort(compareEntries);
  }

  /** @param agoMs published so long ago, for imports. */
  publish(agoMs = 0): Changes {
    const seq = this.seq + 1;
    const id = `entry-${this.epoch}-${seq}`;
    const publishedAt = new Date(this.#now() - agoMs).toISOString();
    return this.#put({
      ...{ id, seq, firstSeq: seq, revision: 1, label: "UPDATE", importance: "normal", headline: null },
      ...{ html: `<p>${seq}</p>`, attributions: [], authors: [], media: [], corrections: [], language: null },
      ...{ publishedAt, updatedAt: null, url: `${this.story.url}?entry=${id}#entry-${id}` },
    });
  }

  revise(entry: Entry, fields: Partial<Entry> = {}): Changes {
    const seq = this.seq + 1;
    const revision = entry.revision + 1;
    return this.#put({ ...entry, seq, revision, html: `<p>${seq}</p>`, updatedAt: this.#time(), ...fields });
  }

  retract({ id, firstSeq }: Entry): Changes {
    return this.#put({ id, seq: this.seq + 1, firstSeq, retracted: true, retractedAt: this.#time() });
  }

  patch(fields: Partial<Story>): Changes {
    this.story = { ...this.story, ...fields, seq: this.seq + 1, updatedAt: this.#time() };
    return this.#step();
  }

  setBackground(html: string | null): Changes {
    this.background = html === null ? null : { seq: this.seq + 1, html };
    this.#backgroundChange = { seq: this.seq + 1, at: this.#time() };
    return this.#step();
  }

  /** A kind of a later version of the protocol. */
  doSomethingUnknown(): Changes {
    const range = this.#step();
    return { ...range, changes: [{ seq: this.seq, at: this.#time(), kind: "poll" } as unknown as Change] };
  }

  /** As after a restored backup: the clock goes back by up to `steps`, in another run. */
  restore(steps: number): void {
    this.epoch = `run${Number(this.epoch.slice(3)) + 1}`;
    this.seq = Math.max(1, this.seq - steps);
    for (const [id, item] of this.#items) if (item.seq > this.seq) this.#items.delete(id);
    this.story = { ...this.story, seq: Math.min(this.story.seq, this.seq) };
    if (this.#backgroundChange.seq > this.seq) this.background = null;
    if (this.#backgroundChange.seq > this.seq) this.#backgroundChange = { seq: 0, at: "" };
  }

  /** @param before a cursor: only what sorts below it. */
  snapshot(limit = 50, before: string | null = null): Snapshot {
    const { story, background, seq, position } = this;
    const key = before === null ? null : parseCursor(before);
    const below = this.entries.filter((entry) => key === null || compareEntries(entry, key) > 0);
    const entries = below.slice(0, limit);
    const last = entries.at(-1);
    const older = last && below.length > limit ? formatCursor(last) : null;
    return { story, background, entries, total: this.entries.length, older, seq, position };
  }

  /** Everything after `from`, each item once in its latest form. */
  changesSince(from: number): Changes {
    const changes: Change[] = [];
    const { story, background } = this;
    if (story.seq > from) changes.push({ kind: "story", seq: story.seq, at: story.updatedAt, story });
    if (this.#backgroundChange.seq > from) changes.push({ kind: "background", ...this.#backgroundChange, background });
    for (const item of this.#items.values()) if (item.seq > from) changes.push(toChange(item));
    changes.sort((a, b) => a.seq - b.seq);
    return { from, to: this.seq, changes, position: this.position };
  }

  /** The service's answer to a join. */
  answer(position: string | undefined, limit = 50): JoinReply & { ok: true } {
    const parsed = position === undefined ? null : parsePosition(position);
    const history = { head: this.#head, tagAt: (seq: number) => this.#tags[seq] };
    const { epoch } = this;
    if (parsed && canResume(parsed, history)) {
      return { ok: true, mode: "changes", epoch, ...this.changesSince(parsed.seq) };
    }
    return { ok: true, mode: "snapshot", epoch, snapshot: this.snapshot(limit) };
  }

  get #head(): Position {
    return { epoch: this.epoch, seq: this.seq, tag: this.#tags[this.seq] ?? "" };
  }

  #time(): string {
    return new Date(this.#now()).toISOString();
  }

  #put(item: Entry | Tombstone): Changes {
    this.#items.set(item.id, item);
    return this.#step();
  }

  #step(): Changes {
    this.seq += 1;
    this.#tags[this.seq] = `t${this.seq}`;
    return this.changesSince(this.seq - 1);
  }
}

function toChange(item: Entry | Tombstone): Change {
  if ("retracted" in item) return { kind: "retraction", seq: item.seq, at: item.retractedAt, tombstone: item };
  return { kind: "entry", seq: item.seq, at: item.updatedAt ?? item.publishedAt, entry: item };
}
