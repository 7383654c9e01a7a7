import type { Reader } from "./live-page-state.ts";

/** A finger's breadth of scrolling is already somewhere else. */
const TOP_PX = 8;
/** Nothing is put in while the page is still being scrolled. */
const SETTLED_MS = 150;

export function isAtTop(): boolean {
  return scrollY <= TOP_PX;
}

export function isVisible(): boolean {
  return document.visibilityState === "visible";
}

/** Tells where the reader is: of leaving the top at once, of coming back to it when they have arrived. */
export function watchReader(onMove: (move: Partial<Reader>) => void): void {
  let wasAtTop = isAtTop();
  let arrival: ReturnType<typeof setTimeout> | undefined;
  const tell = () => {
    if (isAtTop() !== wasAtTop) {
      wasAtTop = !wasAtTop;
      onMove({ atTop: wasAtTop });
    }
  };
  addEventListener(
    "scroll",
    () => {
      clearTimeout(arrival);
      if (isAtTop()) arrival = setTimeout(tell, SETTLED_MS);
      else tell();
    },
    { passive: true },
  );
  document.addEventListener("visibilitychange", () => onMove({ visible: isVisible() }));
}

const ENTRY_LINK = /#entry-([^&]+)$/;

/** The entry that a clicked link leads to, null when it is no such link. */
export function entryOfLink(target: EventTarget | null): string | null {
  const link = target instanceof Element ? target.closest("a") : null;
  return ENTRY_LINK.exec(link?.href ?? "")?.[1] ?? null;
}
