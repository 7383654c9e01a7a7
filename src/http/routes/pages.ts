import { createHash } from "node:crypto";
import { type Request, type Response, Router } from "express";
import { removedProblem, unknownStory } from "../../editorial/command.ts";
import type { Following } from "../../feed/feeds.ts";
import type { StoryFeed } from "../../feed/story-feed.ts";
import type { Assets } from "../../pages/assets.ts";
import type { Publisher } from "../../pages/document.tsx";
import { renderIndexPage } from "../../pages/index-page.tsx";
import { renderLivePage } from "../../pages/live-page.tsx";
import { isSlug } from "../../protocol/limits.ts";
import { Problem } from "../../protocol/problem.ts";
import type { Story, StoryStatus } from "../../protocol/shapes.ts";
import type { Timeline } from "../../protocol/timeline.ts";
import type { KeptAnswers } from "../kept-answers.ts";
import { livePageModel, type PageChoice } from "../page-models.ts";
import { answerUnchanged } from "../read-headers.ts";
import type { Services } from "../services.ts";
import { SharedBody } from "../shared-body.ts";
import { slugOf } from "../story-access.ts";
import { pageQuery, validate } from "../validate.ts";

export type PageServices = Pick<Services, "site" | "desk" | "feeds" | "list"> & {
  publisher: Publisher;
  assets: Assets;
};

/** A story that changes more often than it can be drawn is drawn as it was. */
const DRAW_ATTEMPTS = 5;
const LISTED_STORIES = 100;
const LISTED_STATUSES: StoryStatus[] = ["live", "paused", "scheduled", "ended"];
export const PUBLIC_PAGE = "public, max-age=1, stale-while-revalidate=9";

/** The pages for readers, drawn from memory. */
export function pageRoutes({ kept, ...services }: PageServices & { kept: KeptAnswers }): Router {
  const router = Router();
  /** The page that most readers ask for, drawn once for each state of its story. */
  const newestPages = new WeakMap<Timeline, SharedBody>();
  const fingerprint = fingerprintOf(frameOf(services));

  router.get("/", async (request, response) => sendPage(request, response, await indexPage(services, null)));

  router.get("/topics/:topic", async (request, response) => {
    await sendPage(request, response, await indexPage(services, String(request.params.topic)));
  });

  router.get("/stories/:slug", async (request, response) => {
    const { feed, release } = await followForPage(services, request, response);
    try {
      const { entry: entryId = null, before = null } = validate(pageQuery, request.query);
      // Whose links are of no use to anybody else.
      const preview = feed.access.status === "draft" ? String(request.query.preview) : null;
      if (entryId !== null || before !== null || preview !== null) {
        const { page } = await draw(feed, { entryId, before }, preview);
        return void (await sendPage(request, response, page));
      }
      const { timeline, access } = feed;
      allowCaching(response);
      if (answerUnchanged(request, response, etagOf(timeline))) return;
      const cached = newestPages.get(timeline);
      const drawn = cached ? { timeline, page: cached, isWhole: true } : await drawNewest(feed);
      if (drawn.isWhole) response.set("ETag", etagOf(drawn.timeline));
      else response.removeHeader("ETag");
      const bytes = await sendPage(request, response, drawn.page);
      if (drawn.isWhole) kept.keep(request, response, { timeline: drawn.timeline, access }, bytes);
    } finally {
      release();
    }
  });

  const etagOf = ({ position }: Timeline) => `"${position}.${fingerprint}"`;
  const drawNewest = async (feed: StoryFeed) => {
    const drawn = await draw(feed, { entryId: null, before: null }, null);
    if (drawn.isWhole) newestPages.set(drawn.timeline, drawn.page);
    return drawn;
  };
  /** What is read for a page may take a while: what was withdrawn meanwhile must not be on it. [S6] */
  const draw = async (feed: StoryFeed, choice: PageChoice, preview: string | null) => {
    for (let attempt = 1; ; attempt += 1) {
      const { timeline } = feed;
      const model = await livePageModel(feed, timeline, choice);
      if (feed.timeline !== timeline && attempt < DRAW_ATTEMPTS) continue;
      const page = new SharedBody(renderLivePage({ ...frameOf(services), ...model, preview }));
      return { timeline, page, isWhole: model.isWhole };
    }
  };
  return router;
}

/** What a page is made of besides its story: after an upgrade the same position is another page. */
export function fingerprintOf(frame: object): string {
  return createHash("sha256").update(JSON.stringify(frame)).digest("base64url").slice(0, 8);
}

function frameOf({ site, publisher, assets }: PageServices) {
  return { site, publisher, assets: assets.manifest };
}

async function indexPage(services: PageServices, topicSlug: string | null): Promise<SharedBody> {
  if (topicSlug !== null && !isSlug(topicSlug)) throw unknownTopic();
  const stories = await listPublic(services, topicSlug);
  const topic = stories[0]?.topics.find(({ slug }) => slug === topicSlug) ?? null;
  if (topicSlug !== null && topic === null) throw unknownTopic();
  return new SharedBody(renderIndexPage({ ...frameOf(services), stories, topic }));
}

/** What everybody may see, latest change first. */
export async function listPublic({ list }: PageServices, topic: string | null = null): Promise<Story[]> {
  const ofTopic = topic === null ? {} : { topic };
  const { stories } = await list.read({ statuses: LISTED_STATUSES, limit: LISTED_STORIES, ...ofTopic });
  return stories.map(({ story }) => story);
}

function unknownTopic(): Problem {
  return new Problem("not_found", "There are no stories on this topic.");
}

/** A draft has a page only at its signed address, and that page is nobody else's. */
async function followForPage(services: PageServices, request: Request, response: Response): Promise<Following> {
  const slug = slugOf(request);
  const following = await services.feeds.follow(slug);
  if (following === null) throw unknownStory(slug);
  if (following === "removed") throw removedProblem(slug);
  if (following.feed.access.status !== "draft") return following;
  const { preview } = request.query;
  if (typeof preview !== "string" || !services.desk.isPreviewOf(slug, preview)) {
    following.release();
    throw unknownStory(slug);
  }
  response
    .set("Cache-Control", "private, no-store")
    .set("X-Robots-Tag", "noindex")
    .set("Referrer-Policy", "no-referrer");
  return following;
}

export function sendPage(request: Request, response: Response, page: SharedBody): Promise<Buffer> {
  allowCaching(response);
  return page.send(request, response.type("html"));
}

/** Unless it was said already that the page is for its reader alone. */
export function allowCaching(response: Response): void {
  if (!response.get("Cache-Control")) response.set("Cache-Control", PUBLIC_PAGE);
}
