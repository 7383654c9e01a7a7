import { type Request, type Response, Router } from "express";
import type { Publisher } from "../../pages/document.tsx";
import { atomFeed, jsonFeed, type SyndicatedStory } from "../../pages/syndication.tsx";
import { toSnapshot } from "../../protocol/timeline.ts";
import { answerUnchanged } from "../read-headers.ts";
import type { Services } from "../services.ts";
import { SharedBodies } from "../shared-bodies.ts";
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
  const bodies = new SharedBodies();
  const answer = (form: Form) => (request: Request, response: Response) =>
    readStory(services, request, response, async ({ feed }) => {
      const { timeline } = feed;
      if (answerUnchanged(request, response, `"${timeline.position}.${form.name}"`)) return;
      const make = () => form.render({ snapshot: toSnapshot(timeline, ENTRIES), publisher });
      const body = bodies.of(timeline, form.name, make);
      await body.send(request, response.type(`${form.contentType}; charset=utf-8`));
    });

  const router = Router();
  router.get("/stories/:slug/feed.json", answer(JSON_FEED));
  router.get("/stories/:slug/feed.atom", answer(ATOM));
  return router;
}
