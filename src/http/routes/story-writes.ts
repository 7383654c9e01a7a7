import { type Response, Router } from "express";
import type { StoryAnswer } from "../../editorial/desk.ts";
import { draftedSlug, pinRequest, previewRequest, storyDraft, storyPatch } from "../../editorial/drafts.ts";
import { requireAdmin, requireEditor, requireEditorOfAll } from "../../editorial/keys.ts";
import { formatPosition } from "../../protocol/position.ts";
import { audited } from "../audit.ts";
import { requirePrincipal } from "../authentication.ts";
import { readEditorsJson, readOptionalEditorsJson } from "../editors-body.ts";
import { readIdempotency } from "../idempotency-key.ts";
import { expectation } from "../read-headers.ts";
import type { Services } from "../services.ts";
import { slugOf } from "../story-access.ts";
import { validate } from "../validate.ts";

/** What editors do with stories as a whole. Who may is asked before the body is read. */
export function storyWrites({ desk, keys, publishRate }: Services): Router {
  const router = Router();

  router.post("/stories", async (request, response) => {
    const principal = await requirePrincipal(keys, request);
    requireEditorOfAll(principal);
    const requireRate = await publishRate.count(principal, "changes");
    const body = await readEditorsJson(keys, request);
    const parseDraft = () => {
      requireRate();
      return validate(storyDraft, body);
    };
    const slug = draftedSlug.safeParse(body).data?.slug ?? parseDraft().slug;
    const idempotency = readIdempotency(request, "create story", body);
    const answer = await audited(response, { principal, action: "create story", story: slug }, () =>
      desk.createStory(principal, slug, parseDraft, idempotency),
    );
    response.status(201).set("Location", `/api/v1/stories/${slug}`);
    sendStory(response, answer);
  });

  router.patch("/stories/:slug", async (request, response) => {
    const principal = await requirePrincipal(keys, request);
    const slug = slugOf(request);
    requireEditor(principal, slug);
    (await publishRate.count(principal, "changes"))();
    const patch = validate(storyPatch, await readEditorsJson(keys, request));
    const answer = await audited(response, { principal, action: "patch story", story: slug }, () =>
      desk.patchStory(principal, slug, patch, expectation(request)),
    );
    sendStory(response, answer);
  });

  router.delete("/stories/:slug", async (request, response) => {
    const principal = await requirePrincipal(keys, request);
    requireAdmin(principal);
    const story = slugOf(request);
    await audited(response, { principal, action: "remove story", story }, () => desk.removeStory(principal, story));
    response.status(204).end();
  });

  router.post("/stories/:slug/previews", async (request, response) => {
    const principal = await requirePrincipal(keys, request);
    const slug = slugOf(request);
    requireEditor(principal, slug);
    const body = validate(previewRequest, await readOptionalEditorsJson(keys, request));
    const idempotency = readIdempotency(request, "preview", body);
    const { url, expiresAt, repeated } = await audited(response, { principal, action: "preview", story: slug }, () =>
      desk.preview(principal, slug, idempotency),
    );
    if (repeated) response.set("Idempotent-Replay", "true");
    response.status(201).json({ url, expiresAt });
  });

  router.put("/stories/:slug/pin", async (request, response) => {
    const principal = await requirePrincipal(keys, request);
    const slug = slugOf(request);
    requireEditor(principal, slug);
    (await publishRate.count(principal, "changes"))();
    const { entryId } = validate(pinRequest, await readEditorsJson(keys, request));
    const answer = await audited(response, { principal, action: "pin", story: slug, entry: entryId }, () =>
      desk.pin(principal, slug, entryId),
    );
    sendStory(response, answer);
  });

  router.delete("/stories/:slug/pin", async (request, response) => {
    const principal = await requirePrincipal(keys, request);
    const story = slugOf(request);
    const answer = await audited(response, { principal, action: "unpin", story }, () =>
      desk.pin(principal, story, null),
    );
    sendStory(response, answer);
  });

  return router;
}

function sendStory(response: Response, { story, head, repeated }: StoryAnswer): void {
  if (repeated) response.set("Idempotent-Replay", "true");
  response.json({ story, seq: head.seq, position: formatPosition(head) });
}
