import { Router } from "express";
import { mayEdit } from "../../editorial/keys.ts";
import { retractedProblem } from "../../editorial/stories.ts";
import { foreignOrigin } from "../../protocol/access.ts";
import { Problem } from "../../protocol/problem.ts";
import type { StoryStatus } from "../../protocol/shapes.ts";
import { isTombstone, toSnapshot } from "../../protocol/timeline.ts";
import { authenticate, endWhenRevoked } from "../authentication.ts";
import { changesFor, entryFor, snapshotFor } from "../editors-reads.ts";
import type { KeptAnswers } from "../kept-answers.ts";
import { allowNoStaleAnswer, answerPreflight, answerUnchanged, startRead } from "../read-headers.ts";
import type { Services } from "../services.ts";
import { sharedSnapshot } from "../shared-snapshot.ts";
import { entryIdOf, readStory } from "../story-access.ts";
import { changesQuery, listQuery, snapshotQuery, streamQuery, validate } from "../validate.ts";

const PUBLIC_STATUSES: StoryStatus[] = ["scheduled", "live", "paused", "ended"];

/** What everybody may ask about stories. All answers but the list's and the oldest entries' come from memory. */
export function storyReads({ kept, ...services }: Services & { kept: KeptAnswers }): Router {
  const { keys, desk, list, openStream, site } = services;
  const router = Router();

  router.options(/.*/, (_request, response) => answerPreflight(response));

  router.get("/stories", async (request, response) => {
    startRead(request, response);
    const principal = await authenticate(keys, request);
    const { status, ...query } = validate(listQuery, request.query);
    const visible: StoryStatus[] = principal ? ["draft", ...PUBLIC_STATUSES] : PUBLIC_STATUSES;
    const statuses = visible.filter((one) => status === undefined || one === status);
    const { stories, next } = await list.read({ ...query, statuses });
    const shown = stories.filter(({ story }) => story.status !== "draft" || mayEdit(principal, story.slug));
    response.json({
      stories: shown.map(({ story, access: { allowedOrigins } }) =>
        mayEdit(principal, story.slug) ? { ...story, allowedOrigins } : story,
      ),
      next,
    });
  });

  router.get("/stories/:slug", (request, response) =>
    readStory(services, request, response, async ({ feed, principal }) => {
      const { limit, before } = validate(snapshotQuery, request.query);
      const { timeline } = feed;
      if (answerUnchanged(request, response, `"${timeline.position}"`)) return;
      if (before) {
        const page = { ...toSnapshot(timeline, 0), ...(await feed.pages.below(before, limit)) };
        response.json(await snapshotFor(desk, principal, page));
      } else if (principal) {
        response.json(await snapshotFor(desk, principal, toSnapshot(timeline, limit)));
      } else {
        const { access } = feed;
        const bytes = await sharedSnapshot(timeline, limit).send(request, response.type("json"));
        kept.keep(request, response, { timeline, access }, bytes);
      }
    }),
  );

  router.get("/stories/:slug/changes", (request, response) =>
    readStory(services, request, response, async ({ feed, principal, slug }) => {
      allowNoStaleAnswer(request, response);
      const { after } = validate(changesQuery, request.query);
      await feed.confirm(after);
      const reply = feed.reply(after, 50);
      if (reply.mode === "changes") {
        response.json({ ...reply, changes: await changesFor(desk, principal, slug, reply.changes) });
      } else {
        response.json({ mode: "snapshot", snapshot: await snapshotFor(desk, principal, reply.snapshot) });
      }
    }),
  );

  router.get("/stories/:slug/stream", (request, response) =>
    readStory(services, request, response, async ({ slug, principal }) => {
      const { after = null, presence } = validate(streamQuery, request.query);
      const origin = foreignOrigin(site, request.headers);
      if (request.method === "HEAD") return void response.type("text/event-stream").end();
      const isEditor = mayEdit(principal, slug);
      if (isEditor) endWhenRevoked(keys, request, response);
      await openStream(request, response, { slug, after, presence: presence === "1", origin, isEditor });
    }),
  );

  router.get("/stories/:slug/entries/:id", (request, response) =>
    readStory(services, request, response, async ({ feed, principal, slug }) => {
      const entry = await feed.pages.entry(entryIdOf(request));
      if (!entry) throw new Problem("not_found", "There is no such entry in this story.");
      if (isTombstone(entry)) throw retractedProblem();
      response.json(await entryFor(desk, principal, slug, entry));
    }),
  );

  return router;
}
