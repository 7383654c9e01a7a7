import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Browser, Page } from "playwright-core";
import { launchChromium } from "../support/chromium.ts";
import { isLive, openPage } from "../support/reading.ts";
import { TestService } from "../support/service.ts";

let service: TestService;
let browser: Browser;
before(async () => {
  [service, browser] = await Promise.all([TestService.start(), launchChromium()]);
});
after(async () => {
  await browser.close();
  await service.close();
});

/** The times of the entries, newest first, as readers see them. */
function timesOn(page: Page): Promise<string[]> {
  return page
    .locator(".timeline article time:not(.entry-updated)")
    .evaluateAll((times) => times.map((time) => time.textContent?.replace(/\s+/g, " ").trim() ?? ""));
}

async function storyAt(slug: string, timeZone: string, ...published: string[]): Promise<void> {
  await service.createStory({ slug, headline: "Votes are counted", timeZone });
  for (const publishedAt of published) await service.publish(slug, { publishedAt });
}

const JUNE = "2024-06-19T07:05:00.000Z";
const DECEMBER = "2024-12-19T08:05:00.000Z";

for (const timezoneId of ["UTC", "Asia/Kolkata", "America/Chicago", "Pacific/Auckland"]) {
  test(`times are the story's, with the offset of their day, for a reader in ${timezoneId}, with and without JavaScript`, async () => {
    const slug = `zone-${timezoneId.toLowerCase().replace("/", "-")}`;
    await storyAt(slug, "America/Chicago", JUNE, DECEMBER);
    for (const javaScriptEnabled of [true, false]) {
      const { page, close } = await openPage(browser, `${service.url}/stories/${slug}`, {
        timezoneId,
        javaScriptEnabled,
      });
      if (javaScriptEnabled) await isLive(page);
      assert.deepEqual(await timesOn(page), ["Dec 19, 2024 2:05 AM CST", "Jun 19, 2024 2:05 AM CDT"]);
      const machine = await page
        .locator(".timeline article time")
        .evaluateAll((times) => times.map((time) => time.getAttribute("datetime")));
      assert.deepEqual(machine, [DECEMBER, JUNE]);
      await close();
    }
  });
}

test("a story in a zone of half hours", async () => {
  await storyAt("delhi", "Asia/Kolkata", JUNE);
  const { page, close } = await openPage(browser, `${service.url}/stories/delhi`);
  await isLive(page);
  assert.deepEqual(await timesOn(page), ["Jun 19, 2024 12:35 PM GMT+5:30"]);
  await close();
});

test("a reader elsewhere may have times in their own zone, and the story's again", async () => {
  await storyAt("own", "America/Chicago", JUNE);
  const { page, close } = await openPage(browser, `${service.url}/stories/own`, { timezoneId: "Europe/Berlin" });
  await isLive(page);
  await page.getByRole("button", { name: "Show my time zone" }).click();
  await page.getByText("9:05 AM").first().waitFor();
  assert.deepEqual(await timesOn(page), ["Jun 19, 2024 9:05 AM GMT+2"]);
  await page.getByRole("button", { name: "Show story time zone" }).click();
  await page.getByText("2:05 AM").first().waitFor();
  await close();
});

test("a reader in the story's zone is not asked which one", async () => {
  await storyAt("same", "America/Chicago", JUNE);
  const { page, close } = await openPage(browser, `${service.url}/stories/same`, { timezoneId: "America/Chicago" });
  await isLive(page);
  assert.equal(await page.getByRole("button", { name: /time zone/ }).count(), 0);
  await close();
});

test("an entry tells its age while it is fresh, grows older before the reader's eyes, and stops", async () => {
  await storyAt("age", "America/Chicago", JUNE);
  const { id } = await service.publish("age");
  const { page, close } = await openPage(browser, `${service.url}/stories/age`, {}, (opened) => opened.clock.install());
  await isLive(page);
  const age = page.locator(`#entry-${id} .age`);
  await age.getByText("just now").waitFor();
  await page.clock.fastForward("05:10");
  await age.getByText("5 min. ago").waitFor();
  await page.clock.fastForward("02:00:00");
  await age.getByText("2 hr. ago").waitFor();
  await page.clock.fastForward("12:00:00");
  await age.waitFor({ state: "detached" });
  assert.equal(await page.locator(".timeline article").last().locator(".age").count(), 0, "two years old");
  await close();
});

test("a revision says when, and with the date where that is another day", async () => {
  await storyAt("revised", "America/Chicago", JUNE);
  const [entry] = (await service.snapshot("revised")).entries;
  const { page, close } = await openPage(browser, `${service.url}/stories/revised`);
  await isLive(page);
  await service.call("PATCH", `/stories/revised/entries/${entry?.id}`, { body: { headline: "Corrected" } });
  await page.getByText(/^Updated \w{3} \d{1,2}, \d{4} \d{1,2}:\d{2} (AM|PM) C[DS]T$/).waitFor();
  await close();
});
