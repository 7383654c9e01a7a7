import { v7 as uuidv7 } from "uuid";
import { storyUrl } from "../protocol/links.ts";
import type { Position } from "../protocol/position.ts";
import { Problem } from "../protocol/problem.ts";
import type { EntryDraft, EntryPatch, StoryDraft, StoryPatch, Tombstone } from "../protocol/shapes.ts";
import { isTombstone } from "../protocol/timeline.ts";
import type { ItemKey, RevisionRecord } from "../store/records.ts";
import type { StoryRecord } from "../store/story-records.ts";
import {
  type Command,
  type CommandStores,
  carryOut,
  type Idempotency,
  type Outcome,
  type Plan,
  removedProblem,
  unknownStory,
} from "./command.ts";
import {
  committedItems,
  type EditorsEntry,
  type EditorsItems,
  type EditorsStory,
  editorsItems,
  keyOf,
} from "./editors-view.ts";
import { planPublication, planRetraction, planRevision } from "./entries.ts";
import { mayEdit, type Principal, requireAdmin, requireEditor, requireEditorOfAll } from "./keys.ts";
import { KnownStories } from "./known-stories.ts";
import { isPreviewOf, PREVIEW_MS, signPreview } from "./preview.ts";
import { planCreation, planPin, planRemoval, planStoryPatch, requireStory, retractedProblem } from "./stories.ts";

export type DeskOptions = {
  stores: CommandStores;
  /** Origin under which readers reach the service. */
  site: string;
  /** Signs preview addresses; the same on every node. */
  signingSecret: string;
  now?: (() => Date) | undefined;
};

export type StoryAnswer = { story: EditorsStory; head: Position; repeated: boolean };
export type EntryAnswer = { entry: EditorsEntry; head: Position; repeated: boolean };

/** Whether the version an editor has seen is the present one. */
export type Expectation = (version: number) => boolean;

/** Where editors' commands come in: who may, what is decided, what is answered. Every method throws `Problem`. */
export class Desk {
  readonly #stores: CommandStores;
  readonly #site: string;
  readonly #signingSecret: string;
  readonly #now: () => Date;
  readonly #known = new KnownStories();

  constructor({ stores, site, signingSecret, now = () => new Date() }: DeskOptions) {
    this.#stores = stores;
    this.#site = site;
    this.#signingSecret = signingSecret;
    this.#now = now;
  }

  /** @param parseDraft called once it is known that this is no repeat; throws when the draft is not right. */
  async createStory(
    principal: Principal,
    slug: string,
    parseDraft: () => StoryDraft,
    idempotency?: Idempotency,
  ): Promise<StoryAnswer> {
    requireEditorOfAll(principal);
    const outcome = await carryOut(this.#stores, {
      ...{ slug, idempotency, by: principal.holder, items: [] },
      decide: (record) => planCreation(record, parseDraft(), this.#now()),
    });
    return this.#storyAnswer(slug, outcome);
  }

  async patchStory(principal: Principal, slug: string, patch: StoryPatch, expects: Expectation): Promise<StoryAnswer> {
    const decide = (record: StoryRecord) => planStoryPatch(record, patch, expects, this.#now());
    return this.#storyAnswer(slug, await this.#carryOut(principal, slug, ["story", "background"], decide));
  }

  /** @param entryId null: nothing is pinned afterwards. */
  async pin(principal: Principal, slug: string, entryId: string | null): Promise<StoryAnswer> {
    const items = entryId === null ? ["story"] : ["story", entryId];
    const outcome = await this.#carryOut(principal, slug, items, (record) => planPin(record, entryId));
    return this.#storyAnswer(slug, outcome);
  }

  async removeStory(principal: Principal, slug: string): Promise<void> {
    requireAdmin(principal);
    await this.#carryOut(principal, slug, ["story"], planRemoval);
  }

  /** @param parseDraft throws when the draft is not right, of which a repeat is not told. Called again for a new decision. */
  async publish(
    principal: Principal,
    slug: string,
    parseDraft: () => EntryDraft,
    idempotency?: Idempotency,
  ): Promise<EntryAnswer> {
    const id = uuidv7();
    const decide = (record: StoryRecord) => {
      const { seq, story } = requireStory(record);
      const known = { epoch: record.head.epoch, seq, status: story.status };
      this.#known.learn(slug, known);
      return planPublication(known, id, parseDraft());
    };
    const foresee = () => {
      const known = this.#known.get(slug);
      return known ? planPublication(known, id, parseDraft()) : null;
    };
    const outcome = await this.#carryOut(principal, slug, ["story"], decide, { idempotency, foresee });
    this.#known.confirm(slug, outcome.head);
    return this.#entryAnswer(slug, id, outcome);
  }

  async revise(
    principal: Principal,
    slug: string,
    id: string,
    patch: EntryPatch,
    expects: Expectation,
  ): Promise<EntryAnswer> {
    const decide = (record: StoryRecord) => planRevision(record, id, patch, expects, this.#now());
    return this.#entryAnswer(slug, id, await this.#carryOut(principal, slug, [id], decide));
  }

  async retract(
    principal: Principal,
    slug: string,
    id: string,
    expects: Expectation,
  ): Promise<{ tombstone: Tombstone; head: Position }> {
    const decide = (record: StoryRecord) => planRetraction(record, id, expects);
    const outcome = await this.#carryOut(principal, slug, ["story", id], decide);
    const { entries } = await this.#itemsAfter(slug, [id], outcome);
    const tombstone = entries.get(id);
    if (!tombstone || !isTombstone(tombstone)) throw new Error("A retraction left no tombstone.");
    return { tombstone, head: outcome.head };
  }

  async revisions(principal: Principal, slug: string, id: string): Promise<RevisionRecord[]> {
    requireEditor(principal, slug);
    await this.#require(slug, [id]);
    return this.#stores.records.revisions(slug, id);
  }

  async eraseRevision(principal: Principal, slug: string, id: string, revision: number): Promise<void> {
    requireAdmin(principal);
    requireEditor(principal, slug);
    await this.#require(slug, [id]);
    const outcome = await this.#stores.records.eraseRevision(slug, id, revision);
    if (outcome === "unknown") throw new Problem("not_found", `The entry has no revision ${revision}.`);
    if (outcome === "current") {
      throw new Problem("validation_failed", "This is the present revision. Revise or retract the entry first.");
    }
  }

  /** An address of the page of a story that is not public yet, good for an hour. */
  async preview(
    principal: Principal,
    slug: string,
    idempotency?: Idempotency,
  ): Promise<{ url: string; expiresAt: string; repeated: boolean }> {
    const expiresAtMs = this.#now().getTime() + PREVIEW_MS;
    const decide = () => (idempotency ? { guards: [], writes: [], ids: [String(expiresAtMs)] } : null);
    const outcome = await this.#carryOut(principal, slug, ["story"], decide, { idempotency });
    const repeated = outcome.kind === "repeat";
    const until = repeated ? Number(outcome.ids[0]) : expiresAtMs;
    const token = signPreview(this.#signingSecret, slug, until);
    const url = `${storyUrl(this.#site, slug)}?preview=${token}`;
    return { url, expiresAt: new Date(until).toISOString(), repeated };
  }

  isPreviewOf(slug: string, token: string): boolean {
    return isPreviewOf(this.#signingSecret, slug, token, this.#now().getTime());
  }

  /** @returns null for who may not edit the story: they see what everybody sees. */
  async itemsFor(principal: Principal | null, slug: string, items: ItemKey[]): Promise<EditorsItems | null> {
    if (!mayEdit(principal, slug)) return null;
    const record = await this.#stores.records.read(slug, { items });
    return record && record !== "removed" ? editorsItems(this.#site, slug, record.items) : null;
  }

  async #carryOut(
    principal: Principal,
    slug: string,
    items: ItemKey[],
    decide: (record: StoryRecord) => Plan | null,
    more: Pick<Command, "idempotency" | "foresee"> = {},
  ): Promise<Outcome> {
    requireEditor(principal, slug);
    return carryOut(this.#stores, {
      ...{ ...more, slug, by: principal.holder, items },
      decide: (record) => {
        if (record === "removed") throw removedProblem(slug);
        if (!record) throw unknownStory(slug);
        return decide(record);
      },
    });
  }

  async #storyAnswer(slug: string, outcome: Outcome): Promise<StoryAnswer> {
    const { story } = await this.#itemsAfter(slug, ["story"], outcome);
    if (!story) throw unknownStory(slug);
    return { story, head: outcome.head, repeated: outcome.kind === "repeat" };
  }

  async #entryAnswer(slug: string, ownId: string, outcome: Outcome): Promise<EntryAnswer> {
    const id = outcome.kind === "repeat" ? (outcome.ids[0] ?? ownId) : ownId;
    const { entries } = await this.#itemsAfter(slug, [id], outcome);
    const entry = entries.get(id);
    if (!entry || isTombstone(entry)) throw retractedProblem();
    return { entry, head: outcome.head, repeated: outcome.kind === "repeat" };
  }

  /** The items as the command left them; of a repeat, as they are now. */
  async #itemsAfter(slug: string, keys: ItemKey[], outcome: Outcome): Promise<EditorsItems> {
    if (outcome.kind === "done") return editorsItems(this.#site, slug, committedItems(outcome.changes, outcome.writes));
    const { items } = outcome.kind === "unchanged" ? outcome.record : await this.#require(slug, keys);
    return editorsItems(this.#site, slug, items);
  }

  async #require(slug: string, keys: ItemKey[]): Promise<StoryRecord> {
    const record = await this.#stores.records.read(slug, { items: keys });
    if (record === "removed") throw removedProblem(slug);
    if (!record) throw unknownStory(slug);
    const missing = keys.find((key) => key !== "story" && !record.items.some((item) => keyOf(item) === key));
    if (missing) throw new Problem("not_found", `There is no entry "${missing}" in this story.`);
    return record;
  }
}
