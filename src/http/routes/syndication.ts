import { type Request, type Response, Router } from "express";
import type { Publisher } from "../../pages/document.tsx";
import { atomFeed, jsonFeed, type SyndicatedStory } from "../../pages/syndication.tsx";
import { type Timeline, toSnapshot } from "../../protocol/timeline.ts";
import { isFresh } from "../read-headers.ts";
import type { Services } from "../services.ts";
import { SharedBody } from "../shared-body.ts";
import { readStory } from "../story-access.ts";

type Form = { name: string; contentType: string; render: (story: SyndicatedStory) => string };

const ENTRIES = 50;
const JSON_FEED: Form = {
  name: "json",
  contentType: "application/feed+json",
  render: (story) => JSON.stringify(jsonFeed(story)),
};
const ATOM: Form = { name: "atom", contentType: "application/atom+xml", render: atomFeed };

/** Stories for feed readers and other newsrooms, made once for each state of a story. */
export function syndicationRoutes(services: Services & { publisher: Publisher }): Router {
  const { publisher } = services;
  const made = new WeakMap<Timeline, Map<Form, SharedBody>>();

  const bodyOf = (timeline: Timeline, form: Form): SharedBody => {
    const forms = made.get(timeline) ?? new Map<Form, SharedBody>();
    made.set(timeline, forms);
    const body = forms.get(form) ?? new SharedBody(form.render({ snapshot: toSnapshot(timeline, ENTRIES), publisher }));
    forms.set(form, body);
    return body;
  };
  const answer = (form: Form) => (request: Request, response: Response) =>
    readStory(services, request, response, async ({ feed }) => {
      const { timeline } = feed;
      const etag = `"${timeline.position}.${form.name}"`;
      response.set("ETag", etag);
      if (isFresh(request, etag)) return void response.status(304).end();
      await bodyOf(timeline, form).send(request, response.type(`${form.contentType}; charset=utf-8`));
    });

  const router = Router();
  router.get("/stories/:slug/feed.json", answer(JSON_FEED));
  router.get("/stories/:slug/feed.atom", answer(ATOM));
  return router;
}
