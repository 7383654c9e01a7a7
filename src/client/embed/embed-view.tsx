import { render } from "preact";
import { embedRefusal } from "../../protocol/access.ts";
import { storyUrl } from "../../protocol/links.ts";
import type { Change, Snapshot } from "../../protocol/shapes.ts";
import { type Timeline, toSnapshot } from "../../protocol/timeline.ts";
import { EmbedStory } from "../../view/embed-story.tsx";
import { NEWEST_ONLY } from "../../view/page-state.ts";
import { stringsFor } from "../../view/strings.ts";
import { connectStory, type LivenessState, type StoryConnection } from "../connect-story.ts";
import { announcer } from "../live-page-announcer.ts";
import { isGone, livePageProps, type Surroundings } from "../live-page-props.ts";
import {
  announced,
  forgetFresh,
  type LivePageState,
  moveReader,
  openPage,
  pendingEntries,
  shownEntries,
  showPending,
  takeTimeline,
  unannouncedCount,
} from "../live-page-state.ts";
import type { EmbedHost, EmbedSettings, EmbedView, OpenEmbed } from "./embed-contract.ts";
import { EmbedScroll } from "./embed-scroll.ts";
import { readFirst } from "./embed-snapshot.ts";
import { adoptStyles, openLinksApart } from "./embed-stage.ts";
import { entryNews } from "./entry-news.ts";

/** Ages are told in minutes. */
const TICK_MS = 60_000;
/** How long the first connection may take before the embed says that it is not live. */
const CONNECTING_MS = 5_000;

export const openEmbed: OpenEmbed = (stage, settings, host) => new EmbeddedStory(stage, settings, host);

/** One story in one element: as the live page, but what is new always waits, and nothing around it may move. */
class EmbeddedStory implements EmbedView {
  readonly #stage: HTMLElement;
  readonly #settings: EmbedSettings;
  readonly #host: EmbedHost;
  readonly #scroll: EmbedScroll;
  readonly #closing = new AbortController();
  readonly #announce: () => void;
  #connection: StoryConnection | null = null;
  #state: LivePageState | null = null;
  #around: Surroundings;
  #limit: number;
  #paused: boolean;

  constructor(stage: HTMLElement, settings: EmbedSettings, host: EmbedHost) {
    this.#stage = stage;
    this.#settings = settings;
    this.#host = host;
    this.#limit = settings.limit;
    this.#paused = settings.paused;
    this.#scroll = new EmbedScroll(stage, () => settings.grows && this.#draw());
    this.#around = surroundings({
      showNew: () => this.#showNew("click"),
      togglePause: () => (this.#paused ? this.resume() : this.pause()),
    });
    this.#announce = announcer(
      () => this.#takeUnannounced(),
      (count) => this.#surround({ announcement: count ? this.#around.strings.newUpdates(count) : "" }),
    );
    adoptStyles(stage);
    openLinksApart(stage, this.#closing.signal);
    void this.#open();
  }

  pause(): void {
    this.#move(true);
  }

  resume(): void {
    this.#move(false);
  }

  showNew(): void {
    this.#showNew("call");
  }

  close(): void {
    this.#closing.abort();
    this.#connection?.close();
    this.#scroll.close();
    this.#state = null;
    render(null, this.#stage);
  }

  /** First by HTTP, which caches answer and no network blocks; what came later, over the socket. */
  async #open(): Promise<void> {
    const { origin, slug, limit } = this.#settings;
    const { signal } = this.#closing;
    const first = await readFirst({ origin, slug, limit }, signal);
    if (signal.aborted) return;
    if (first?.ok === false) return this.#takeState({ kind: "refused", ...first.error });
    const snapshot = first?.mode === "snapshot" ? first.snapshot : undefined;
    if (snapshot) this.#begin(snapshot);
    this.#connection = connectStory({
      ...{ url: origin, story: slug, limit, snapshot },
      onTimeline: (timeline, changes) => this.#takeTimeline(timeline, changes),
      onState: (liveness) => this.#takeState(liveness),
    });
    const late = setTimeout(() => this.#surround({ isLate: true }), CONNECTING_MS);
    const tick = setInterval(() => this.#tick(), TICK_MS);
    signal.addEventListener("abort", () => {
      clearTimeout(late);
      clearInterval(tick);
    });
  }

  #begin(snapshot: Snapshot): void {
    const { story, seq, entries } = snapshot;
    const reader = { atTop: false, visible: true, paused: this.#paused };
    this.#state = openPage({ ...NEWEST_ONLY, snapshot, publisherName: "" }, reader);
    const strings = stringsFor(story.language);
    this.#around = { ...this.#around, strings: { ...strings, reconnecting: strings.notUpdatingNow } };
    this.#draw();
    this.#host.noteStory(story.seq);
    const { slug, headline, status } = story;
    this.#host.emit("ready", { story: slug, headline, status, seq, entries: entries.map(({ id }) => id) });
    if (status === "ended") this.#host.emit("ended", { story: slug });
  }

  #takeTimeline(timeline: Timeline, changes: readonly Change[] | null): void {
    const before = this.#state;
    if (!before) {
      this.#begin(toSnapshot(timeline, this.#settings.limit));
      return;
    }
    const next = takeTimeline(before, { timeline, changes, isCatchUp: false }, Date.now());
    // Of what stood there nothing is vouched for any more, and an empty list would help nobody.
    const isReplaced = shownEntries(next).length === 0 && pendingEntries(next).length > 0;
    this.#state = isReplaced ? showPending(next, Date.now()) : next;
    this.#draw();
    if (next.unannounced !== before.unannounced) this.#announce();
    this.#host.noteStory(timeline.story.seq);
    this.#tell(before.timeline, timeline);
  }

  #tell(before: Timeline, after: Timeline): void {
    const { slug: story } = this.#settings;
    const { published, revised, retracted } = entryNews(before, after);
    const waiting = this.#state ? pendingEntries(this.#state).length : 0;
    if (published.length > 0) this.#host.emit("update", { story, entries: published, waiting });
    if (revised.length > 0) this.#host.emit("revise", { story, entries: revised });
    if (retracted.length > 0) this.#host.emit("retract", { story, entries: retracted });
    if (after.story.status === "ended" && before.story.status !== "ended") this.#host.emit("ended", { story });
  }

  #takeState(liveness: LivenessState): void {
    const { slug: story, origin } = this.#settings;
    if (isGone(liveness)) this.#state = null;
    this.#surround({ liveness });
    this.#host.emit("state", { story, state: liveness.kind });
    if (liveness.kind === "refused") {
      const { code } = liveness;
      this.#host.emit("error", {
        story,
        code,
        message: whatToDo(code, liveness.message, storyUrl(origin, story)),
      });
    }
  }

  #tick(): void {
    if (!this.#state || document.visibilityState !== "visible") return;
    this.#state = forgetFresh(this.#state, Date.now());
    this.#draw();
  }

  #surround(change: Partial<Surroundings>): void {
    this.#around = { ...this.#around, ...change };
    this.#draw();
  }

  #move(paused: boolean): void {
    this.#paused = paused;
    if (this.#state) this.#state = moveReader(this.#state, { paused }, Date.now());
    this.#draw();
  }

  #draw(): void {
    if (!this.#state) {
      render(null, this.#stage);
      return;
    }
    const props = livePageProps(this.#state, this.#around, Date.now());
    const entries = props.entries.slice(0, this.#limit);
    const onGrow = this.#settings.grows && this.#scroll.overflowPx > 0 ? () => this.#grow() : null;
    this.#scroll.keepLine(() => render(<EmbedStory {...props} entries={entries} onGrow={onGrow} />, this.#stage));
  }

  /** @param by only who clicked is taken there, and only then may the page around give way. */
  #showNew(by: "click" | "call"): void {
    if (!this.#state) return;
    const pending = pendingEntries(this.#state);
    const [newest] = pending;
    if (!newest) return;
    this.#limit = Math.max(this.#settings.limit, pending.length);
    this.#state = showPending(this.#state, Date.now());
    this.#draw();
    this.#scroll.toTop();
    if (by !== "click") return;
    this.#scroll.focusEntry(newest.id);
    if (this.#settings.grows) this.#grow();
  }

  #grow(): void {
    this.#host.grow(this.#scroll.overflowPx);
  }

  #takeUnannounced(): number {
    if (!this.#state || this.#paused) return 0;
    const count = unannouncedCount(this.#state);
    this.#state = announced(this.#state);
    return count;
  }
}

function surroundings(on: Pick<Surroundings["on"], "showNew" | "togglePause">): Surroundings {
  return {
    targetId: null,
    strings: stringsFor("en"),
    zone: null,
    liveness: { kind: "connecting" },
    isLate: false,
    announcement: "",
    copiedId: null,
    can: { copy: false, share: false },
    on: { ...on, toggleZone() {}, copyLink() {}, share() {} },
  };
}

/** For the console of the partner's engineer. */
function whatToDo(code: string, message: string, page: string): string {
  if (code === "forbidden") return embedRefusal(page, location.origin);
  if (code === "not_found" || code === "story_removed") return `${page} is not there, or not any more. Check the src.`;
  return `${page} cannot be followed: ${message}`;
}
