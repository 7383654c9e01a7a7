import { type Request, type Response, Router } from "express";
import type { Publisher } from "../../pages/document.tsx";
import { atomFeed, jsonFeed, type SyndicatedStory } from "../../pages/syndication.tsx";
import { type Timeline, toSnapshot } from "../../protocol/timeline.ts";
import { isFresh } from "../read-headers.ts";
import type { Services } from "../services.ts";
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
  const made = new WeakMap<Timeline, Map<Form, Buffer>>();

  const bytesOf = (timeline: Timeline, form: Form): Buffer => {
    const forms = made.get(timeline) ?? new Map<Form, Buffer>();
    made.set(timeline, forms);
    const bytes = forms.get(form) ?? Buffer.from(form.render({ snapshot: toSnapshot(timeline, ENTRIES), publisher }));
    forms.set(form, bytes);
    return bytes;
  };
  const answer = (form: Form) => (request: Request, response: Response) =>
    readStory(services, request, response, ({ feed }) => {
      const { timeline } = feed;
      const etag = `"${timeline.position}.${form.name}"`;
      response.set("ETag", etag);
      if (isFresh(request, etag)) return void response.status(304).end();
      response.type(`${form.contentType}; charset=utf-8`).send(bytesOf(timeline, form));
    });

  const router = Router();
  router.get("/stories/:slug/feed.json", answer(JSON_FEED));
  router.get("/stories/:slug/feed.atom", answer(ATOM));
  return router;
}
