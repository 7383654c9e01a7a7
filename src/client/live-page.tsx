import { hydrate, render } from "preact";
import { PAGE_LIMIT_MAX } from "../protocol/limits.ts";
import type { Entry, Snapshot, Story } from "../protocol/shapes.ts";
import { localZone } from "../view/dates.ts";
import { LiveStory } from "../view/live-story.tsx";
import { Notice } from "../view/notice.tsx";
import { firstProps, type PageState, pageTitle, STORY_ID } from "../view/page-state.ts";
import { stringsFor } from "../view/strings.ts";
import { connectStory, type StoryConnection } from "./connect-story.ts";
import { backoffMs } from "./connection-limits.ts";
import { announcer } from "./live-page-announcer.ts";
import { abilities, copy, lookUpEntry, lookUpPage, share } from "./live-page-browser.ts";
import { eraseContent, eraseMetadata, isStillSo } from "./live-page-metadata.ts";
import { takeOpened } from "./live-page-opened.ts";
import { keepLine, showEntry, slide } from "./live-page-place.ts";
import { isGone, livePageProps, type Surroundings } from "./live-page-props.ts";
import { entryOfLink, isAtTop, isVisible, watchReader } from "./live-page-signs.ts";
import {
  announced,
  entriesWanted,
  forgetFresh,
  type LivePageState,
  missingPinnedId,
  moveReader,
  openPage,
  pendingEntries,
  showPending,
  takeEntry,
  takeMoments,
  takeTimeline,
  unannouncedCount,
} from "./live-page-state.ts";

/** Ages are told in minutes. */
const TICK_MS = 60_000;
/** How long the page may stand as it is before it says that it is not live. */
const CONNECTING_MS = 5_000;
const COPIED_MS = 2_000;
/** A cache may still hold the page as it was. */
const LOOK_UP_AGAIN_MS = 5_000;
/** By then no shared cache holds the page as it was. */
const RELOAD_MS = 10_000;

/** The page that the server drew into `root`, alive. */
class LivePage {
  readonly #root: HTMLElement;
  readonly #publisherName: string;
  /** What the head says. */
  readonly #told: Snapshot;
  readonly #announce: () => void;
  #state: LivePageState;
  #around: Surroundings;
  readonly #connection: StoryConnection;
  #lookedUp: string | null = null;
  #momentsLookedUp: number | null = null;
  #failures = 0;
  /** While blocks slide, the next drawing waits. */
  #sliding: Promise<void> | null = null;
  #isDue = false;

  constructor(root: HTMLElement, opened: PageState) {
    const { story } = opened.snapshot;
    this.#root = root;
    this.#publisherName = opened.publisherName;
    this.#told = opened.snapshot;
    this.#state = openPage(opened, { atTop: isAtTop(), visible: isVisible(), paused: false });
    this.#around = {
      targetId: opened.entryId,
      strings: stringsFor(story.language),
      zone: localZone() === story.timeZone ? null : "story",
      liveness: { kind: "connecting" },
      isLate: false,
      announcement: "",
      copiedId: null,
      can: abilities(),
      on: {
        showNew: () => this.#showNew(),
        togglePause: () => this.#move({ paused: !this.#state.reader.paused }),
        toggleZone: () => this.#surround({ zone: this.#around.zone === "story" ? "reader" : "story" }),
        copyLink: (entry) => void this.#copyLink(entry),
        share: (entry) => void share(entry),
      },
    };
    this.#announce = announcer(
      () => this.#takeUnannounced(),
      (count) => this.#surround({ announcement: count ? this.#around.strings.newUpdates(count) : "" }),
    );
    hydrate(<LiveStory {...firstProps(opened)} />, root);
    this.#draw();
    this.#watch();
    this.#connection = this.#follow(opened);
    void this.#lookUpMoments();
  }

  #watch(): void {
    watchReader((move) => this.#move(move));
    setTimeout(() => this.#surround({ isLate: true }), CONNECTING_MS);
    setInterval(() => isVisible() && this.#go(forgetFresh(this.#state, Date.now())), TICK_MS);
    this.#root.addEventListener("click", (click) => {
      const id = entryOfLink(click.target);
      const waits = pendingEntries(this.#state).some((entry) => entry.id === id);
      const isForAnotherTab = click.ctrlKey || click.metaKey || click.shiftKey;
      if (!id || !waits || !this.#state.page.isNewest || isForAnotherTab) return;
      click.preventDefault();
      this.#showNew(id);
    });
  }

  #follow({ snapshot }: PageState): StoryConnection {
    return connectStory({
      url: location.origin,
      story: snapshot.story.slug,
      snapshot,
      limit: PAGE_LIMIT_MAX,
      onTimeline: (timeline, changes) => {
        // The browser tells of scrolling with its next frame, which may be too late for what arrives now.
        if (this.#state.reader.atTop && !isAtTop()) this.#move({ atTop: false });
        // Taken anew, the story says nothing of an entry that it mentions and does not hold.
        if (!changes) this.#lookedUp = null;
        const isCatchUp = this.#around.liveness.kind !== "live";
        this.#go(takeTimeline(this.#state, { timeline, changes, isCatchUp }, Date.now()));
      },
      onState: (liveness) => this.#surround({ liveness }),
    });
  }

  #move(move: Parameters<typeof moveReader>[1]): void {
    this.#go(moveReader(this.#state, move, Date.now()));
  }

  #go(next: LivePageState): void {
    const previous = this.#state;
    this.#state = next;
    // What was said of more than there is now would be read again, and be wrong.
    if (pendingEntries(next).length < pendingEntries(previous).length)
      this.#around = { ...this.#around, announcement: "" };
    this.#draw();
    if (next.timeline !== previous.timeline && !isStillSo(this.#told, next.timeline)) eraseContent();
    if (next.timeline.story.language !== previous.timeline.story.language) this.#speak(next.timeline.story);
    const isBack = next.reader.visible && !previous.reader.visible;
    if (isBack || next.unannounced !== previous.unannounced) this.#announce();
    if (next.page !== previous.page) this.#connection.keepNewest(entriesWanted(next));
    if (next.outdated && !previous.outdated) setTimeout(() => location.reload(), RELOAD_MS);
    void this.#lookUpPinned();
    void this.#lookUpMoments();
  }

  #surround(change: Partial<Surroundings>): void {
    this.#around = { ...this.#around, ...change };
    this.#draw();
    if (isGone(this.#around.liveness)) eraseMetadata();
  }

  #speak({ language, direction }: Story): void {
    const strings = stringsFor(language);
    Object.assign(document.documentElement, { lang: language, dir: direction });
    // It stands outside of what is drawn here.
    const skip = document.querySelector(".skip-link");
    if (skip)
      Object.assign(skip, { textContent: strings.skipToUpdates, lang: language, dir: direction, ...strings.spoken });
    this.#surround({ strings });
  }

  #draw(): void {
    document.title = this.#title();
    if (this.#sliding !== null) this.#isDue = true;
    else this.#drawNow();
  }

  #title(): string {
    const { strings, liveness } = this.#around;
    if (isGone(liveness)) return pageTitle(strings.gone.title, this.#publisherName);
    const waiting = pendingEntries(this.#state).length;
    const title = pageTitle(this.#state.timeline.story.headline, this.#publisherName);
    return waiting > 0 ? `(${waiting}) ${title}` : title;
  }

  #drawNow(): void {
    const props = livePageProps(this.#state, this.#around, Date.now());
    const { strings, liveness } = this.#around;
    const story = isGone(liveness) ? <Notice {...strings.gone} strings={strings} /> : <LiveStory {...props} />;
    const draw = () => render(story, this.#root);
    const { atTop, visible } = this.#state.reader;
    this.#isDue = false;
    if (atTop && visible) this.#waitFor(slide(this.#root, draw));
    else keepLine(this.#root, draw);
  }

  #waitFor(sliding: Promise<void> | null): void {
    this.#sliding = sliding;
    void sliding?.then(() => {
      if (this.#sliding !== sliding) return;
      this.#sliding = null;
      if (this.#isDue) this.#drawNow();
    });
  }

  /** @param id where to go; the newest if the reader asked for no particular one. */
  #showNew(id = pendingEntries(this.#state)[0]?.id): void {
    this.#sliding = null;
    this.#go(showPending(this.#state, Date.now()));
    if (id) showEntry(id);
  }

  #takeUnannounced(): number {
    if (!isVisible()) return 0;
    const count = unannouncedCount(this.#state);
    this.#state = announced(this.#state);
    return count;
  }

  /** The story may pin an entry that this page never saw. */
  async #lookUpPinned(): Promise<void> {
    const id = missingPinnedId(this.#state);
    if (!id || id === this.#lookedUp) return;
    this.#lookedUp = id;
    const entry = await lookUpEntry(this.#state.timeline.story.slug, id);
    if (entry) this.#go(takeEntry(this.#state, entry));
    else this.#lookedUp = null;
  }

  /** Taken anew, the story does not say which key moments lie below what is shown of it. */
  async #lookUpMoments(): Promise<void> {
    const { momentsSince } = this.#state;
    const isWanted = momentsSince !== null && isVisible() && !isGone(this.#around.liveness);
    if (!isWanted || momentsSince === this.#momentsLookedUp) return;
    this.#momentsLookedUp = momentsSince;
    const drawn = await lookUpPage(this.#state.timeline.story.slug);
    if (drawn) this.#go(takeMoments(this.#state, drawn));
    if (this.#state.momentsSince === null) this.#failures = 0;
    if (this.#state.momentsSince !== momentsSince) return;
    this.#failures += 1;
    setTimeout(() => {
      this.#momentsLookedUp = null;
      void this.#lookUpMoments();
    }, LOOK_UP_AGAIN_MS + backoffMs(this.#failures, Math.random()));
  }

  async #copyLink(entry: Entry): Promise<void> {
    if (!(await copy(entry.url))) return;
    this.#surround({ copiedId: entry.id });
    setTimeout(() => this.#around.copiedId === entry.id && this.#surround({ copiedId: null }), COPIED_MS);
  }
}

const root = document.getElementById(STORY_ID);
const opened = root && takeOpened(root);
if (opened) new LivePage(root, opened);
