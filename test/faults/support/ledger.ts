import assert from "node:assert/strict";
import type { Entry } from "../../../src/protocol/shapes.ts";

type Written = { text: string; publications: "acknowledged" | "unknown" };

/** What editors were told, and what they do not know. Texts are unique, so that each tells which command it is of. */
export class Ledger {
  acknowledged = 0;
  refused = 0;
  /** Of entries whose publication was acknowledged: id → the revision and text that was acknowledged last. */
  readonly entries = new Map<string, { revision: number; text: string; unsure: boolean }>();
  readonly retracted = new Set<string>();
  readonly #published = new Map<string, Written>();
  readonly #before = new Map<string, boolean>();
  readonly #maybeRetracted = new Set<string>();

  publishing(text: string): void {
    this.#published.set(text, { text, publications: "unknown" });
  }

  published(text: string, id: string): void {
    this.acknowledged += 1;
    this.#published.set(text, { text, publications: "acknowledged" });
    this.entries.set(id, { revision: 1, text, unsure: false });
  }

  revising(id: string): void {
    const entry = this.entries.get(id);
    if (entry) this.#before.set(id, entry.unsure);
    if (entry) entry.unsure = true;
  }

  revised(id: string, revision: number, text: string): void {
    this.acknowledged += 1;
    this.entries.set(id, { revision, text, unsure: this.#before.get(id) ?? false });
  }

  retracting(id: string): void {
    this.#maybeRetracted.add(id);
  }

  retraction(id: string): void {
    this.acknowledged += 1;
    this.retracted.add(id);
  }

  /** @param truth every entry of the story. @returns acknowledged changes that are not there. */
  lostIn(truth: readonly Entry[]): string[] {
    const there = new Map(truth.map((entry) => [entry.id, entry]));
    const lost: string[] = [];
    for (const [id, { revision, text, unsure }] of this.entries) {
      const entry = there.get(id);
      if (this.retracted.has(id)) {
        if (entry) lost.push(`retraction of ${text}`);
      } else if (!entry) {
        if (!this.#maybeRetracted.has(id)) lost.push(text);
      } else if (entry.revision < revision || (!unsure && !entry.html.includes(text))) lost.push(`revision ${text}`);
    }
    return lost;
  }

  /** @returns entries that no command accounts for: each unknown publication may stand there once, any other under its id. */
  doubledIn(truth: readonly Entry[]): string[] {
    const open = new Map<string, number>();
    const doubled: string[] = [];
    for (const { id, html } of truth) {
      if (this.entries.has(id)) continue;
      const text = /^<p>(change-\d+) /.exec(html)?.[1] ?? html;
      open.set(text, (open.get(text) ?? 0) + 1);
      if (this.#published.get(text)?.publications !== "unknown" || (open.get(text) ?? 0) > 1) doubled.push(text);
    }
    return doubled;
  }

  /** Nothing stands there that nobody has written. */
  assertKnown(truth: readonly Entry[]): void {
    for (const { html } of truth) assert.match(html, /^<p>change-\d+ /);
  }
}
