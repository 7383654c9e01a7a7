/** A burst of updates is spoken of once. */
const QUIET_MS = 1_500;
/** Emptied, the region can say the same words again. */
const SAID_MS = 5_000;

/**
 * Says how many updates came, once none came for a while.
 *
 * @param takeCount how many there are to speak of; asked at the moment of speaking.
 * @param say takes the count, or null when there is nothing to say any more.
 */
export function announcer(takeCount: () => number, say: (count: number | null) => void): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const speak = () => {
    const count = takeCount();
    say(count > 0 ? count : null);
    if (count > 0) timer = setTimeout(() => say(null), SAID_MS);
  };
  return () => {
    clearTimeout(timer);
    timer = setTimeout(speak, QUIET_MS);
  };
}
