/** Who waits longer than that wants to know what for. */
const SLOW_MS = 700;

export async function noteIfSlow<T>(note: string, work: Promise<T>): Promise<T> {
  const timer = setTimeout(() => console.error(note), SLOW_MS);
  try {
    return await work;
  } finally {
    clearTimeout(timer);
  }
}
