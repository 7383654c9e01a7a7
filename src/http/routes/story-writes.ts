import { type Response, Router } from "express";
import type { StoryAnswer } from "../../editorial/desk.ts";
import { draftedSlug, pinRequest, previewRequest, storyDraft, storyPatch } from "../../editorial/drafts.ts";
import { requireAdmin, requireEditor, requireEditorOfAll } from "../../editorial/keys.ts";
import { formatPosition } from "../../protocol/position.ts";
import { requirePrincipal } from "../authentication.ts";
import { readIdempotency } from "../idempotency-key.ts";
import { readJson, readOptionalJson } from "../json-body.ts";
import { expectation } from "../read-headers.ts";
import type { Services } from "../services.ts";
import { slugOf } from "../story-access.ts";
import { validate } from "../validate.ts";

/** What editors do with stories as a whole. Who may is asked before the body is read. */
export function storyWrites({ desk, keys }: Services): Router {
  const router = Router();

  router.post("/stories", async (request, response) => {
    const principal = await requirePrincipal(keys, request);
    requireEditorOfAll(principal);
    const body = await readJson(request);
    const parseDraft = () => validate(storyDraft, body);
    const slug = draftedSlug.safeParse(body).data?.slug ?? parseDraft().slug;
    const answer = await desk.createStory(principal, slug, parseDraft, readIdempotency(request, "create story", body));
    response.status(201).set("Location", `/api/v1/stories/${slug}`);
    sendStory(response, answer);
  });

  router.patch("/stories/:slug", async (request, response) => {
    const principal = await requirePrincipal(keys, request);
    const slug = slugOf(request);
    requireEditor(principal, slug);
    const patch = validate(storyPatch, await readJson(request));
    sendStory(response, await desk.patchStory(principal, slug, patch, expectation(request)));
  });

  router.delete("/stories/:slug", async (request, response) => {
    const principal = await requirePrincipal(keys, request);
    requireAdmin(principal);
    await desk.removeStory(principal, slugOf(request));
    response.status(204).end();
  });

  router.post("/stories/:slug/previews", async (request, response) => {
    const principal = await requirePrincipal(keys, request);
    const slug = slugOf(request);
    requireEditor(principal, slug);
    const body = validate(previewRequest, await readOptionalJson(request));
    const idempotency = readIdempotency(request, "preview", body);
    const { url, expiresAt, repeated } = await desk.preview(principal, slug, idempotency);
    if (repeated) response.set("Idempotent-Replay", "true");
    response.status(201).json({ url, expiresAt });
  });

  router.put("/stories/:slug/pin", async (request, response) => {
    const principal = await requirePrincipal(keys, request);
    const slug = slugOf(request);
    requireEditor(principal, slug);
    const { entryId } = validate(pinRequest, await readJson(request));
    sendStory(response, await desk.pin(principal, slug, entryId));
  });

  router.delete("/stories/:slug/pin", async (request, response) => {
    const principal = await requirePrincipal(keys, request);
    sendStory(response, await desk.pin(principal, slugOf(request), null));
  });

  return router;
}

function sendStory(response: Response, { story, head, repeated }: StoryAnswer): void {
  if (repeated) response.set("Idempotent-Replay", "true");
  response.json({ story, seq: head.seq, position: formatPosition(head) });
}
