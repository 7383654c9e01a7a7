import type { Server } from "node:http";
import type { Colleagues, WorkerState } from "../colleagues.ts";
import { isFresh } from "../feed/delivery-proof.ts";
import type { Service } from "../service.ts";
import type { Link } from "../store/sqlite/link.ts";
import { joinSqliteStores } from "../store/sqlite/open.ts";
import type { Stores } from "../store/stores.ts";
import { type CrewStates, SIGN_OF_LIFE_MS, STORE_TOPIC, type ToCrew, type ToPrimary } from "./messages.ts";
import { linkTo, onConnection } from "./process-link.ts";

/** How soon the others know of a reader more. Limits are exceeded by what comes meanwhile. */
const LOOK_EVERY_MS = 50;
const LOOKS_BETWEEN_SIGNS = SIGN_OF_LIFE_MS / LOOK_EVERY_MS;

/** What a worker knows of the others, by way of the primary, and what it lets them know. */
export class CrewMember implements Colleagues {
  readonly #link: Link<ToPrimary, ToCrew>;
  readonly #number: number;
  readonly #isStoreShared: boolean;
  readonly #waiting = new Map<number, (text: string) => void>();
  #lastId = 0;
  #hasLeft = false;
  #taken = 0;
  #states: CrewStates;

  /** @param number from 1 to `size`. */
  constructor(link: Link<ToPrimary, ToCrew>, number: number, size: number, isStoreShared: boolean) {
    this.#link = link;
    this.#number = number;
    this.#isStoreShared = isStoreShared;
    this.#states = Array.from({ length: size }, () => null);
  }

  joinStores(): Stores | null {
    return this.#isStoreShared ? joinSqliteStores(linkTo(process, STORE_TOPIC)) : null;
  }

  /** Connections are taken from the primary, which has the port; Node's server is told what it expects of one. */
  open(server: Server): void {
    // Its look at requests that are late begins with this event.
    server.emit("listening");
    onConnection((connection) => {
      // Still open at the primary, which offers it to another.
      if (this.#hasLeft) return void connection?.destroy();
      this.#take();
      if (!connection) return;
      // As the server's own would be: who has said everything may still want to hear the answer.
      connection.allowHalfOpen = true;
      server.emit("connection", connection);
    });
  }

  leave(): void {
    this.#tellTaken();
    this.#hasLeft = true;
    this.#link.post({ kind: "drained" });
  }

  isReady(): boolean {
    return this.workers.ready === this.workers.wanted;
  }

  isServing(): boolean {
    return this.#states.some((state) => state !== null && state.provenAt !== null);
  }

  get workers(): { ready: number; wanted: number } {
    const ready = this.#states.filter((state) => state !== null && isFresh(state.provenAt));
    return { ready: ready.length, wanted: this.#states.length };
  }

  places(): number {
    const others = this.#states.filter((_, index) => index !== this.#number - 1);
    return others.reduce((sum, state) => sum + (state?.places ?? 0), 0);
  }

  metricsText(): Promise<string> {
    const id = ++this.#lastId;
    this.#link.post({ kind: "metricsWanted", id });
    return new Promise((resolve) => this.#waiting.set(id, resolve));
  }

  /** From now on the others know how it is with this worker. */
  introduce(service: Service): void {
    this.#link.post({ kind: "started", firstAdminKey: service.firstAdminKey });
    let told: WorkerState | null = null;
    let looks = 0;
    const look = () => {
      const state = service.state();
      looks += 1;
      const isSame = told?.places === state.places && told.provenAt === state.provenAt;
      if (isSame && looks % LOOKS_BETWEEN_SIGNS !== 0) return;
      told = state;
      this.#link.post({ kind: "state", state });
    };
    look();
    setInterval(look, LOOK_EVERY_MS).unref();
  }

  /** What the primary says, apart from the wish to stop. */
  take(message: Exclude<ToCrew, { kind: "drain" }>, service: Service | null): void {
    switch (message.kind) {
      case "states":
        this.#states = message.states;
        return;
      case "metrics":
        this.#waiting.get(message.id)?.(message.text);
        this.#waiting.delete(message.id);
        return;
      case "samplesWanted":
        void service?.samples().then((samples) => this.#link.post({ kind: "samples", id: message.id, samples }));
    }
  }

  /** Told once for all that come in this turn. */
  #take(): void {
    this.#taken += 1;
    if (this.#taken === 1) setImmediate(() => this.#tellTaken());
  }

  #tellTaken(): void {
    if (this.#taken > 0) this.#link.post({ kind: "took", count: this.#taken });
    this.#taken = 0;
  }
}
