/** The end of the window is left for the way of those who go last; whoever is still there then is cut off. */
const SPREAD_OVER = 0.8;

/** When one reader is asked to leave, in milliseconds from now: any moment of the window, so that no two herd. [R4] */
export function leaveAfterMs(windowMs: number): number {
  return Math.round(Math.random() * windowMs * SPREAD_OVER);
}
