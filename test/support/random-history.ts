import fc from "fast-check";
import type { Changes } from "../../src/protocol/shapes.ts";
import { VirtualStory } from "./virtual-story.ts";

/** One command of a random history; `pick` chooses among the entries there are. */
export type Command = {
  kind: "publish" | "import" | "revise" | "retract" | "pin" | "patch" | "background" | "unknown";
  pick: number;
};

export const anyCommand: fc.Arbitrary<Command> = fc.record({
  kind: fc.oneof(
    { weight: 5, arbitrary: fc.constant("publish" as const) },
    { weight: 2, arbitrary: fc.constant("import" as const) },
    { weight: 4, arbitrary: fc.constant("revise" as const) },
    { weight: 3, arbitrary: fc.constant("retract" as const) },
    { weight: 2, arbitrary: fc.constantFrom("pin" as const, "patch" as const, "background" as const) },
    { weight: 1, arbitrary: fc.constant("unknown" as const) },
  ),
  pick: fc.nat(1_000),
});

/** A story whose clock moves on by a second with every command, so that entries have different times mostly. */
export class RandomStory {
  readonly story: VirtualStory;
  /** The range of every command so far. */
  readonly ranges: Changes[] = [];
  #now = Date.UTC(2024, 5, 19, 7, 0);

  constructor(slug = "story") {
    this.story = new VirtualStory(slug, () => this.#now);
  }

  play(commands: readonly Command[]): void {
    for (const command of commands) this.ranges.push(this.#carryOut(command));
  }

  #carryOut({ kind, pick }: Command): Changes {
    this.#now += pick % 3 === 0 ? 0 : 1_000;
    const { story } = this;
    const { entries } = story;
    const entry = entries[pick % Math.max(1, entries.length)];
    if (kind === "unknown") return story.doSomethingUnknown();
    if (kind === "patch") return story.patch({ headline: `Headline ${pick}` });
    if (kind === "background") return story.setBackground(pick % 2 === 0 ? null : `<p>${pick}</p>`);
    if (kind === "publish" || !entry) return story.publish();
    if (kind === "import") return story.publish(pick * 100);
    if (kind === "revise") return story.revise(entry);
    if (kind === "pin") return story.patch({ pinnedEntryId: entry.id });
    return story.retract(entry);
  }
}
