import type { WindowCount } from "../protocol/rate-windows.ts";

/** What is counted over all nodes. Nothing of it outlives its time, and a store that is restored need not know it. */
export interface Tallies {
  /**
   * Counts this node's readers of a story for `forMs` milliseconds from now; 0 takes it out. A node that says nothing
   * more is forgotten then.
   *
   * @returns the readers on all nodes.
   */
  share(slug: string, node: string, count: number, forMs: number): Promise<number>;

  /**
   * Counts one more under `key`, on whichever node, in a window of `windowMs` milliseconds that begins with its first
   * count. Keys are independent of each other and of stories.
   */
  count(key: string, windowMs: number): Promise<WindowCount>;
}
