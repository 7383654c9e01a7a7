import type { Request, Response } from "express";
import { removedProblem, unknownStory } from "../editorial/command.ts";
import { mayEdit, type Principal } from "../editorial/keys.ts";
import type { StoryFeed } from "../feed/story-feed.ts";
import { embeddersOf } from "../protocol/access.ts";
import { isSlug } from "../protocol/limits.ts";
import { Problem } from "../protocol/problem.ts";
import { authenticate } from "./authentication.ts";
import { allowOrigins, startRead } from "./read-headers.ts";
import type { Services } from "./services.ts";

export type StoryRead = { feed: StoryFeed; principal: Principal | null; slug: string };

/**
 * Runs `answer` on the feed of the story that the address names, with the headers of a read set.
 *
 * @throws Problem for a story that does not exist for this reader. A draft does not exist for anyone without a key.
 */
export async function readStory(
  { keys, feeds }: Services,
  request: Request,
  response: Response,
  answer: (read: StoryRead) => Promise<void> | void,
): Promise<void> {
  startRead(request, response);
  const principal = await authenticate(keys, request);
  const slug = slugOf(request);
  const following = await feeds.follow(slug);
  if (following === null) throw unknownStory(slug);
  if (following === "removed") throw removedProblem(slug);
  const { feed, release } = following;
  try {
    if (feed.access.status === "draft" && !mayEdit(principal, slug)) throw unknownStory(slug);
    allowOrigins(request, response, embeddersOf(feed.access, []));
    await answer({ feed, principal, slug });
  } finally {
    release();
  }
}

/** @throws Problem `not_found` for what can name no story. */
export function slugOf(request: Request): string {
  const slug = String(request.params.slug);
  if (!isSlug(slug)) throw unknownStory(slug.slice(0, 100));
  return slug;
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** @throws Problem `not_found` for what can name no entry. */
export function entryIdOf(request: Request): string {
  const id = String(request.params.id).toLowerCase();
  if (!UUID.test(id)) throw new Problem("not_found", "There is no such entry in this story.");
  return id;
}
