import "./web-socket.ts";
import { shareConnections } from "../../src/client/connection.ts";
import { type Environment, hostEnvironment } from "../../src/client/connection-environment.ts";
import type { LivenessState, StoryConnection } from "../../src/client/connection-options.ts";
import type { Change } from "../../src/protocol/shapes.ts";
import type { Timeline } from "../../src/protocol/timeline.ts";

/** Our own client on a connection of its own, that watches what it is told. */
export class OwnReader {
  timeline: Timeline | null = null;
  state: LivenessState = { kind: "connecting" };
  joins = 0;
  /** Everything that a reader must never be told. */
  readonly faults: string[] = [];
  readonly #connection: StoryConnection;
  readonly #historyMayGoBack: boolean;
  readonly #seenSeqs = new Map<string, number>();
  /** What had been retracted by the time of the latest join: its answer must not hold it. */
  #retractedAtJoin: string[] = [];
  #joined = false;
  #onProgress: () => void = () => {};

  /**
   * @param retracted ids of entries whose retraction was acknowledged.
   * @param historyMayGoBack because an older copy of the data is brought back.
   */
  constructor(url: string, story: string, retracted: ReadonlySet<string>, historyMayGoBack = false) {
    this.#historyMayGoBack = historyMayGoBack;
    this.#connection = shareConnections(this.#environment(retracted)).connect({
      ...{ url, story, limit: 200 },
      onTimeline: (timeline, changes) => this.#take(timeline, changes),
      onState: (state) => {
        this.state = state;
        this.#onProgress();
      },
    });
  }

  /** Resolves once the reader is live at `position`. */
  async reaches(position: string): Promise<void> {
    while (this.timeline?.position !== position || this.state.kind !== "live") {
      await new Promise<void>((resolve) => {
        this.#onProgress = resolve;
      });
    }
  }

  close(): void {
    this.#connection.close();
  }

  #environment(retracted: ReadonlySet<string>): Environment {
    const host = hostEnvironment();
    return {
      ...host,
      openSocket: (origin, listener) => {
        const socket = host.openSocket(origin, listener);
        const join = socket.join.bind(socket);
        socket.join = (request, onReply) => {
          this.joins += 1;
          const before = [...retracted];
          join(request, (reply) => {
            this.#retractedAtJoin = before;
            this.#joined = true;
            onReply(reply);
          });
        };
        return socket;
      },
    };
  }

  #take(timeline: Timeline, changes: readonly Change[] | null): void {
    const before = this.timeline;
    this.timeline = timeline;
    const wentBack = before && timeline.epoch === before.epoch && timeline.seq < before.seq;
    if (wentBack && !this.#historyMayGoBack) this.#fault("went back", timeline.seq);
    // Seqs of another history, or of one that is told anew, are compared among themselves.
    if (changes === null) this.#seenSeqs.clear();
    for (const change of changes ?? []) this.#checkOnce(change);
    if (this.#joined) {
      this.#joined = false;
      const held = new Set(timeline.entries.map(({ id }) => id));
      for (const id of this.#retractedAtJoin) if (held.has(id)) this.#fault("was replayed a retracted entry", id);
    }
    this.#onProgress();
  }

  #checkOnce(change: Change): void {
    const item =
      change.kind === "entry" ? change.entry.id : change.kind === "retraction" ? change.tombstone.id : change.kind;
    if ((this.#seenSeqs.get(item) ?? 0) >= change.seq) this.#fault("was told a change twice", change.seq);
    this.#seenSeqs.set(item, change.seq);
  }

  #fault(what: string, which: string | number): void {
    this.faults.push(`${what}: ${which}`);
  }
}
