/** One window's height of scrolling ahead: what is loaded then is there when it comes into view. */
const AHEAD = "100%";

/** Resolves once the element is near the part of the page that is seen, in a tab that is seen; never after `signal`. */
export async function whenNear(element: Element, signal: AbortSignal): Promise<void> {
  await new Promise<void>((resolve) => {
    const observer = new IntersectionObserver(
      (entries) => {
        if (!entries.some(({ isIntersecting }) => isIntersecting)) return;
        observer.disconnect();
        resolve();
      },
      { rootMargin: AHEAD },
    );
    observer.observe(element);
    signal.addEventListener("abort", () => observer.disconnect());
  });
  if (document.visibilityState === "visible") return;
  await new Promise<void>((resolve) => {
    const look = () => document.visibilityState === "visible" && resolve();
    document.addEventListener("visibilitychange", look, { signal });
  });
}
