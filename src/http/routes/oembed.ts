import { type Response, Router } from "express";
import { type OEmbedLimits, oEmbed } from "../../pages/oembed.ts";
import { foreignOrigin } from "../../protocol/access.ts";
import { parseStoryAddress } from "../../protocol/embed-address.ts";
import { Problem } from "../../protocol/problem.ts";
import { oEmbedQuery, validate } from "../validate.ts";
import { type PageServices, PUBLIC_PAGE } from "./pages.ts";

/** oEmbed 1.0: from the address of a story's page to what shows it elsewhere. */
export function oEmbedRoutes({ feeds, site, publisher }: PageServices): Router {
  const router = Router();
  router.get("/oembed", async (request, response) => {
    response.set("Access-Control-Allow-Origin", "*");
    const { url, format, maxwidth, maxheight } = validate(oEmbedQuery, request.query);
    if (format !== "json") return sayNotImplemented(response, format);
    const address = parseStoryAddress(url);
    // The service answers for its own stories, by whatever name it was called.
    const isOurs = address && !foreignOrigin(site, { origin: address.origin, host: request.headers.host });
    if (!isOurs) throw new Problem("not_found", `There is no story of ${site} at this url.`);
    const limits: OEmbedLimits = { maxwidth, maxheight };
    const following = await feeds.follow(address.slug);
    if (following === null || following === "removed") throw unknown();
    const { feed, release } = following;
    try {
      if (feed.access.status === "draft") throw unknown();
      response.set("Cache-Control", PUBLIC_PAGE);
      response.json(oEmbed(feed.timeline.story, publisher, site, limits));
    } finally {
      release();
    }
  });
  return router;
}

/** Not a word of drafts and of what was removed: there is no representation. */
function unknown(): Problem {
  return new Problem("not_found", "There is no story at this url, or not any more.");
}

/** As oEmbed wants it, and no problem that any other part of the service could have. */
function sayNotImplemented(response: Response, format: string): void {
  const detail = `There is no "${format}" here. Ask for format=json.`;
  const problem = { type: "about:blank", title: "Not implemented", status: 501, detail };
  response.status(501).set("Cache-Control", "no-store").type("application/problem+json").send(JSON.stringify(problem));
}
