import { setTimeout as sleep } from "node:timers/promises";
import type { Entry, Newsroom, Story, StoryDraft } from "./newsroom.ts";
import { NewsroomError } from "./problem.ts";
import { sampleStory } from "./sample-story.ts";
import type { Script, Step } from "./script.ts";

export type Played = { kind: "create"; story: Story } | Step;

export type PlayOptions = {
  client: Newsroom;
  /** The first slug to try. @default the script's */
  slug?: string;
  /** Multiplies every pause; 0 plays without any. */
  pace: number;
  /** Called after each step that the service has accepted, the story's creation first. */
  onStep: (played: Played) => void;
  signal: AbortSignal;
  /** @default the sample story */
  script?: Script;
};

/** Every run of the demo needs a story of its own, and a slug is given away only once. */
const MAX_SLUGS = 50;

/**
 * Creates the story and plays its script to the end. Rejects with the client's error if the service refuses a step, and
 * with an abort error as soon as `signal` is aborted.
 */
export async function playSampleStory(options: PlayOptions): Promise<Story> {
  const { client, pace, onStep, signal, script = sampleStory, slug = script.story.slug } = options;
  const story = await createUnderFreeSlug(client, { ...script.story, slug, status: "live" }, signal);
  onStep({ kind: "create", story });

  const published = new Map<string, Entry>();
  for (const step of script.steps) {
    await sleep(step.waitMs * pace, undefined, { signal });
    await perform(step, { client, slug: story.slug, published, signal });
    onStep(step);
  }
  return story;
}

async function createUnderFreeSlug(client: Newsroom, draft: StoryDraft, signal: AbortSignal): Promise<Story> {
  for (let number = 1; number <= MAX_SLUGS; number += 1) {
    const slug = number === 1 ? draft.slug : `${draft.slug}-${number}`;
    try {
      return await client.createStory({ ...draft, slug }, signal);
    } catch (error) {
      if (!isUnavailable(error)) throw error;
    }
  }
  throw new Error(`The stories "${draft.slug}" to "${draft.slug}-${MAX_SLUGS}" exist already; start with new data.`);
}

/** The slug of a removed story is never given away again. */
function isUnavailable(error: unknown): boolean {
  return error instanceof NewsroomError && (error.code === "slug_taken" || error.code === "story_removed");
}

type Stage = { client: Newsroom; slug: string; published: Map<string, Entry>; signal: AbortSignal };

async function perform(step: Step, { client, slug, published, signal }: Stage): Promise<void> {
  switch (step.kind) {
    case "publish":
      published.set(step.name, await client.publish(slug, step.entry, signal));
      return;
    case "revise":
      published.set(step.name, await client.revise(slug, entryNamed(step.name, published), step.patch, signal));
      return;
    case "retract":
      await client.retract(slug, entryNamed(step.name, published).id, signal);
      published.delete(step.name);
      return;
    case "pin":
      await client.pin(slug, entryNamed(step.name, published).id, signal);
      return;
    case "unpin":
      await client.unpin(slug, signal);
      return;
    case "end":
      await client.patchStory(slug, { status: "ended" }, signal);
      return;
  }
}

function entryNamed(name: string, published: ReadonlyMap<string, Entry>): Entry {
  const entry = published.get(name);
  if (entry === undefined) throw new Error(`The script refers to "${name}", which is not on the page at that point.`);
  return entry;
}
