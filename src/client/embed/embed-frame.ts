import type { EmbedEventName } from "./embed-contract.ts";

/**
 * The embed in a frame speaks to the page around it as the element does to its own: the same names, by `postMessage`.
 * It speaks only once it was spoken to, since only a message says, so that it can be trusted, which page that is.
 */
type Element = HTMLElement & { pause(): void; resume(): void; showNew(): void };

const NAMES: readonly EmbedEventName[] = ["ready", "update", "revise", "retract", "state", "ended", "error"];
/** What a page that comes late has to know. */
const LASTING: readonly EmbedEventName[] = ["ready", "state", "ended"];
const COMMANDS: Record<string, (element: Element) => void> = {
  "live-story:pause": (element) => element.pause(),
  "live-story:resume": (element) => element.resume(),
  "live-story:show-new": (element) => element.showNew(),
};

const element = document.querySelector<Element>("live-story");
const said = new Map<EmbedEventName, unknown>();
/** The origin of the page around, once it has introduced itself. */
let partner: string | null = null;

function tell(name: EmbedEventName, detail: unknown): void {
  if (partner !== null) parent.postMessage({ type: `live-story:${name}`, detail }, partner);
}

for (const name of NAMES) {
  document.addEventListener(`live-story:${name}`, (event) => {
    const { detail } = event as CustomEvent<unknown>;
    if (LASTING.includes(name)) said.set(name, detail);
    tell(name, detail);
  });
}

// What the server wrote for the time until then must not outlive a retraction: the plain link is enough.
document.addEventListener("live-story:ready", () => {
  const link = element?.querySelector("a");
  if (link) element?.replaceChildren(link);
});

/** What nobody waits for: the story goes on meanwhile. */
const CHECK_SPREAD_MS = 3_000;

/** Of the story's own fields, as this page was drawn or last asked for. */
let checkedSeq = Number(document.documentElement.dataset.storySeq);

element?.addEventListener("dateline:story", (event) => {
  const { detail: seq } = event as CustomEvent<number>;
  if (seq === checkedSeq) return;
  checkedSeq = seq;
  // All frames of the story hear of it in the same moment, and are not to ask in the same one.
  setTimeout(checkPolicy, Math.random() * CHECK_SPREAD_MS, seq);
});

/**
 * The socket is the service's own, so it goes on when the page around may no longer show the story. Which page that is
 * the browser knows best: where others than before may have this one in a frame, it is asked for anew.
 */
async function checkPolicy(seq: number): Promise<void> {
  const url = new URL(location.href);
  // At an address of its own: no cache has an older answer there.
  url.searchParams.set("story", `${seq}`);
  if (!url.searchParams.has("from") && document.referrer) {
    url.searchParams.set("from", new URL(document.referrer).origin);
  }
  const answer = await fetch(url, { method: "HEAD", credentials: "omit" }).catch(() => null);
  // Unanswered: with the next change, whatever that is.
  if (!answer?.ok && answer?.status !== 403) {
    checkedSeq = 0;
    return;
  }
  const policy = answer.headers.get("Content-Security-Policy")?.split("; ") ?? [];
  const isSame = policy.includes(`frame-ancestors ${document.documentElement.dataset.framedBy}`);
  if (!answer.ok || !isSame) location.replace(url);
}

addEventListener("message", ({ source, origin, data }: MessageEvent<{ type?: unknown } | null>) => {
  // An opaque origin cannot be spoken to without everybody hearing it.
  if (source !== parent || parent === window || origin === "null") return;
  const type = String(data?.type);
  if (type === "live-story:connect") {
    partner = origin;
    for (const [name, detail] of said) tell(name, detail);
  } else if (element && origin === partner) {
    COMMANDS[type]?.(element);
  }
});
