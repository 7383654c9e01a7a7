/** Sums over all nodes of what each node counts itself. */
export interface Tallies {
  /**
   * Counts this node's readers of a story for `forMs` milliseconds from now; 0 takes it out. A node that says nothing
   * more is forgotten then.
   *
   * @returns the readers on all nodes.
   */
  share(slug: string, node: string, count: number, forMs: number): Promise<number>;
}
