import assert from "node:assert/strict";
import { test } from "node:test";
import { createNewsroom } from "../../client-demo/newsroom/newsroom.ts";
import { playSampleStory } from "../../client-demo/newsroom/play.ts";
import { startPartnerSite } from "../../client-demo/partner/partner-site.ts";
import { sideStory } from "../../client-demo/partner/side-story.ts";
import { launchChromium } from "../support/chromium.ts";
import { entriesIn, hasSockets, isShown, openPartner } from "../support/embedding.ts";
import { ADMIN_KEY, TestService } from "../support/service.ts";

test("the partner's site shows two stories in three embeds and a frame, strict, hostile and by one socket each page", async () => {
  const service = await TestService.start();
  const [browser, stopping] = [await launchChromium(), new AbortController()];
  const { signal } = stopping;
  const client = createNewsroom({ baseUrl: service.url, key: ADMIN_KEY });
  const first = await playSampleStory({ client, pace: 0, signal, onStep() {} });
  const second = await playSampleStory({ client, pace: 0, signal, script: sideStory, onStep() {} });
  await service.call("PATCH", `/stories/${first.slug}`, { body: { status: "live" } });
  const url = await startPartnerSite({ service: service.url, stories: [first.slug, second.slug], port: 0, signal });
  const { page, close } = await openPartner(browser, url, { viewport: { width: 1200, height: 1400 } });
  const embeds = page.locator("live-story");
  for (const [index, count] of [5, 3, 2].entries()) {
    await isShown(embeds.nth(index));
    assert.equal((await entriesIn(embeds.nth(index))).length, count);
  }
  await hasSockets(service, 2);
  const framed = page.frameLocator("iframe").locator("live-story");
  await service.publish(first.slug, { headline: "To all of them" });
  for (const embed of [embeds.nth(0), embeds.nth(2), framed]) {
    await embed.getByRole("button", { name: "1 new update" }).click();
    await embed.getByRole("heading", { name: "To all of them" }).waitFor();
  }
  await close();
  stopping.abort();
  await browser.close();
  await service.close();
});
