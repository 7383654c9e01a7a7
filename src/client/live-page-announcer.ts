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
  let quiet: ReturnType<typeof setTimeout> | undefined;
  let said: ReturnType<typeof setTimeout> | undefined;
  const fallSilent = () => {
    clearTimeout(said);
    say(null);
  };
  const speak = () => {
    const count = takeCount();
    say(count > 0 ? count : null);
    if (count > 0) said = setTimeout(fallSilent, SAID_MS);
  };
  return () => {
    // At once: the same words after one another are no change, and would not be spoken again.
    fallSilent();
    clearTimeout(quiet);
    quiet = setTimeout(speak, QUIET_MS);
  };
}
