/** Tells each of them. A fault of one is to be seen as such, but not to be felt by whoever comes after it. */
export function tellEach<L>(listeners: Iterable<L>, tell: (listener: L) => void): void {
  for (const listener of [...listeners]) {
    try {
      tell(listener);
    } catch (error) {
      queueMicrotask(() => {
        throw error;
      });
    }
  }
}
