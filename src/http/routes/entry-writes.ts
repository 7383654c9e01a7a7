import { type Request, type Response, Router } from "express";
import type { EntryAnswer } from "../../editorial/desk.ts";
import { entryDraft, entryPatch } from "../../editorial/drafts.ts";
import { requireEditor } from "../../editorial/keys.ts";
import { formatPosition } from "../../protocol/position.ts";
import { Problem } from "../../protocol/problem.ts";
import { audited } from "../audit.ts";
import { requirePrincipal } from "../authentication.ts";
import { readEditorsJson } from "../editors-body.ts";
import { readIdempotency } from "../idempotency-key.ts";
import { expectation } from "../read-headers.ts";
import type { Services } from "../services.ts";
import { entryIdOf, slugOf } from "../story-access.ts";
import { validate } from "../validate.ts";

/** What editors do with the entries of a story. */
export function entryWrites({ desk, keys, publishRate }: Services): Router {
  const router = Router();

  router.post("/stories/:slug/entries", async (request, response) => {
    const principal = await requirePrincipal(keys, request);
    const slug = slugOf(request);
    requireEditor(principal, slug);
    const requireRate = await publishRate.count(principal, "publications");
    const body = await readEditorsJson(keys, request);
    const parseDraft = () => {
      requireRate();
      return validate(entryDraft, body);
    };
    const idempotency = readIdempotency(request, "publish", body);
    const answer = await audited(response, { principal, action: "publish", story: slug }, () =>
      desk.publish(principal, slug, parseDraft, idempotency),
    );
    response.status(201).set("Location", `/api/v1/stories/${slug}/entries/${answer.entry.id}`);
    sendEntry(response, answer);
  });

  router.patch("/stories/:slug/entries/:id", async (request, response) => {
    const principal = await requirePrincipal(keys, request);
    const slug = slugOf(request);
    requireEditor(principal, slug);
    (await publishRate.count(principal, "changes"))();
    const patch = validate(entryPatch, await readEditorsJson(keys, request));
    const entry = entryIdOf(request);
    const answer = await audited(response, { principal, action: "revise", story: slug, entry }, () =>
      desk.revise(principal, slug, entry, patch, expectation(request)),
    );
    sendEntry(response, answer);
  });

  router.delete("/stories/:slug/entries/:id", async (request, response) => {
    const principal = await requirePrincipal(keys, request);
    const slug = slugOf(request);
    const entry = entryIdOf(request);
    const { tombstone, head } = await audited(response, { principal, action: "retract", story: slug, entry }, () =>
      desk.retract(principal, slug, entry, expectation(request)),
    );
    response.json({ tombstone, seq: head.seq, position: formatPosition(head) });
  });

  router.get("/stories/:slug/entries/:id/revisions", async (request, response) => {
    const principal = await requirePrincipal(keys, request);
    const revisions = await desk.revisions(principal, slugOf(request), entryIdOf(request));
    response.set("Cache-Control", "private, no-store").json({ revisions });
  });

  router.delete("/stories/:slug/entries/:id/revisions/:revision", async (request, response) => {
    const principal = await requirePrincipal(keys, request);
    const [story, entry, revision] = [slugOf(request), entryIdOf(request), revisionOf(request)];
    await audited(response, { principal, action: "erase revision", story, entry, revision }, () =>
      desk.eraseRevision(principal, story, entry, revision),
    );
    response.status(204).end();
  });

  return router;
}

function revisionOf(request: Request): number {
  const text = String(request.params.revision);
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new Problem("not_found", "There is no such revision.");
  return Number(text);
}

function sendEntry(response: Response, { entry, head, repeated }: EntryAnswer): void {
  if (repeated) response.set("Idempotent-Replay", "true");
  response.set("ETag", `"${entry.revision}"`);
  response.json({ entry, seq: head.seq, position: formatPosition(head) });
}
