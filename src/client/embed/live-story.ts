import {
  EMBED_LIMIT_DEFAULT,
  EMBED_LIMIT_MAX,
  parseStoryAddress,
  type StoryAddress,
} from "../../protocol/embed-address.ts";
import { EmbedBox } from "./embed-box.ts";
import type { EmbedEventName, EmbedEvents, EmbedHost, EmbedView } from "./embed-contract.ts";
import { whenNear } from "./when-near.ts";

const TAG = "live-story";
/** Not for pages: the frame around listens. */
const STORY_SEEN = "dateline:story";
const RETRY_FIRST_MS = 1_000;
const RETRY_MAX_MS = 60_000;

/**
 * `<live-story src="https://live.example.com/stories/…" limit="5" theme="auto" height="480">` shows what the page wrote
 * into it, a plain link, until the reader comes near; only then does it load the code that follows the story.
 */
class LiveStoryElement extends HTMLElement {
  static readonly observedAttributes = ["src", "limit", "height"];

  readonly #box = new EmbedBox(this);
  #running: AbortController | null = null;
  #view: EmbedView | null = null;
  #paused = false;
  /** It is on a page; also when it has no story to run, because of a wrong address. */
  #isOnPage = false;

  connectedCallback(): void {
    if (!this.#isOnPage) this.#start();
    this.#isOnPage = true;
  }

  /** Moving an element takes it out and puts it in again at once. */
  disconnectedCallback(): void {
    queueMicrotask(() => {
      if (this.isConnected) return;
      this.#isOnPage = false;
      this.#stop();
    });
  }

  attributeChangedCallback(name: string, before: string | null, after: string | null): void {
    if (before === after) return;
    if (name === "height") this.#box.size(after);
    if (!this.#isOnPage || (name === "height" && (before === "auto") === (after === "auto"))) return;
    this.#stop();
    this.#start();
  }

  /** Holds new entries back. Corrections and retractions still apply. */
  pause(): void {
    this.#paused = true;
    this.#view?.pause();
  }

  resume(): void {
    this.#paused = false;
    this.#view?.resume();
  }

  /** Shows the entries that wait behind the button. */
  showNew(): void {
    this.#view?.showNew();
  }

  #start(): void {
    const address = parseStoryAddress(this.getAttribute("src"), document.baseURI);
    if (address) {
      this.#running = new AbortController();
      void this.#run(address, this.#running.signal);
    } else {
      const message = `src must be the address of a story's page, such as https://live.example.com/stories/election-night.`;
      this.#emit("error", { story: null, code: "validation_failed", message });
    }
  }

  #stop(): void {
    this.#running?.abort();
    this.#running = null;
    this.#view?.close();
    this.#view = null;
  }

  async #run({ origin, slug }: StoryAddress, signal: AbortSignal): Promise<void> {
    await whenNear(this, signal);
    const openEmbed = await this.#load(slug, signal);
    if (!openEmbed) return;
    const host: EmbedHost = {
      emit: (name, detail) => this.#emit(name, detail),
      noteStory: (detail) => this.dispatchEvent(new CustomEvent(STORY_SEEN, { detail })),
      grow: (byPx) => this.#box.grow(byPx),
    };
    const grows = this.getAttribute("height") === "auto";
    this.#view = openEmbed(this.#box.stage, { origin, slug, limit: this.#limit, grows, paused: this.#paused }, host);
  }

  /** Again and again while the service is away. @returns null when it is no longer wanted. */
  async #load(slug: string, signal: AbortSignal) {
    for (let waitMs = RETRY_FIRST_MS; !signal.aborted; waitMs = Math.min(2 * waitMs, RETRY_MAX_MS)) {
      try {
        const { openEmbed } = await import("./embed-view.tsx");
        return signal.aborted ? null : openEmbed;
      } catch {
        const message = "The code of the embed could not be loaded. It will be tried again.";
        this.#emit("error", { story: slug, code: "load_failed", message });
        await new Promise((resolve) => setTimeout(resolve, waitMs));
      }
    }
    return null;
  }

  get #limit(): number {
    const limit = Number(this.getAttribute("limit") ?? EMBED_LIMIT_DEFAULT);
    return Number.isInteger(limit) && limit > 0 ? Math.min(limit, EMBED_LIMIT_MAX) : EMBED_LIMIT_DEFAULT;
  }

  #emit<N extends EmbedEventName>(name: N, detail: EmbedEvents[N]): void {
    if (name === "error") console.warn(`<${TAG}> ${(detail as EmbedEvents["error"]).message}`);
    this.dispatchEvent(new CustomEvent(`${TAG}:${name}`, { bubbles: true, composed: true, detail }));
  }
}

// The script may stand on a page twice, also in two versions.
if (!customElements.get(TAG)) customElements.define(TAG, LiveStoryElement);
