/** A worker that is busy for longer is taken by what it said before. */
const PATIENCE_MS = 2_000;

/** Asks several and waits until all have answered, though for none of them too long. */
export class Collection {
  readonly #waiting = new Map<number, { left: Set<number>; done: () => void }>();
  #lastId = 0;

  /** @param ask called for each of them, with the number under which it has to answer. */
  async from(processes: readonly number[], ask: (id: number) => void): Promise<void> {
    const id = ++this.#lastId;
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve) => {
      this.#waiting.set(id, { left: new Set(processes), done: resolve });
      timer = setTimeout(resolve, PATIENCE_MS);
      ask(id);
      this.#check(id);
    });
    clearTimeout(timer);
    this.#waiting.delete(id);
  }

  answered(id: number, process: number): void {
    this.#waiting.get(id)?.left.delete(process);
    this.#check(id);
  }

  /** It answers nothing any more. */
  ended(process: number): void {
    for (const id of this.#waiting.keys()) this.answered(id, process);
  }

  #check(id: number): void {
    const collected = this.#waiting.get(id);
    if (collected?.left.size === 0) collected.done();
  }
}
