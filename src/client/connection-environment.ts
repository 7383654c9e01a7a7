import { LOOK_DEADLINE_MS } from "./connection-limits.ts";
import type { Get } from "./connection-look.ts";
import { type OpenSocket, openSocket } from "./socket.ts";

/**
 * What the reader's browser says: `stored` when the page is left and may be kept for the way back, `restored` when it
 * was.
 */
export type Sign = "hidden" | "visible" | "stored" | "restored" | "offline" | "online";

/** Everything outside of a connection. */
export type Environment = {
  /** Milliseconds since 1970. */
  now(): number;
  /** In [0, 1). */
  random(): number;
  /** Calls once after `delayMs`; returns the undo. */
  after(delayMs: number, run: () => void): () => void;
  /** Calls once the page is painted as it is now; never where nothing is painted. */
  afterPaint(run: () => void): void;
  isVisible(): boolean;
  isOnline(): boolean;
  /** Returns the undo. */
  onSign(listener: (sign: Sign) => void): () => void;
  get: Get;
  openSocket: OpenSocket;
  /** Takes an error thrown by a callback of the page, which must not disturb the connection. */
  report(error: unknown): void;
};

/** The browser's, or that of a process without one, which is always visible and online. */
export function hostEnvironment(): Environment {
  const browser = typeof document !== "undefined";
  return {
    now: Date.now,
    random: Math.random,
    after(delayMs, run) {
      const timer = setTimeout(run, delayMs);
      return () => clearTimeout(timer);
    },
    afterPaint(run) {
      // The frame's callback runs before its paint, the task after it.
      if (browser) requestAnimationFrame(() => setTimeout(run));
    },
    isVisible: () => !browser || document.visibilityState === "visible",
    isOnline: () => !browser || navigator.onLine,
    onSign: browser ? onBrowserSign : () => () => {},
    get: (url, headers) => fetch(url, { headers, credentials: "omit", signal: AbortSignal.timeout(LOOK_DEADLINE_MS) }),
    openSocket,
    report(error) {
      setTimeout(() => {
        throw error;
      });
    },
  };
}

function onBrowserSign(listener: (sign: Sign) => void): () => void {
  const listening = new AbortController();
  const { signal } = listening;
  const tellVisibility = () => listener(document.visibilityState === "visible" ? "visible" : "hidden");
  document.addEventListener("visibilitychange", tellVisibility, { signal });
  addEventListener("online", () => listener("online"), { signal });
  addEventListener("offline", () => listener("offline"), { signal });
  addEventListener("pagehide", () => listener("stored"), { signal });
  addEventListener("pageshow", ({ persisted }) => persisted && listener("restored"), { signal });
  return () => listening.abort();
}
