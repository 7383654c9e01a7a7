import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { assertAccessible } from "../support/accessibility.ts";
import { browser, service, site } from "../support/embed-setting.ts";
import { isShown, openPartner } from "../support/embedding.ts";
import { eventually } from "../support/eventually.ts";
import { strictPolicy } from "../support/partner-site.ts";
import { shiftsOn, watchShifts } from "../support/reading.ts";

const builder = async () => (await fetch(`${service.url}/embed`)).text();

test("the builder shows a story as it was asked for, and what it gives to copy works on a partner's strict page", async () => {
  assert.match(await builder(), /There is no story to embed yet/);
  for (const slug of ["storm", "night"]) {
    await service.createStory({ slug, headline: `The <${slug}> & "more"` });
    await service.publish(slug, { headline: `News of the ${slug}` });
  }
  await service.createStory({ slug: "draft", headline: "Secret", status: "draft" });
  // Lists follow their stories a moment later.
  await eventually(builder, (html) => html.includes("storm") && html.includes("night"));
  const permissions = ["clipboard-read", "clipboard-write"];
  const { page, close } = await openPartner(browser, `${service.url}/embed`, { permissions });
  assert.equal(await page.getByText("Secret").count(), 0);
  await page.getByRole("combobox", { name: "Story" }).selectOption("storm");
  await page.getByRole("combobox", { name: "Theme" }).selectOption("dark");
  await page.getByRole("combobox", { name: "Height" }).selectOption("320");
  await page.getByRole("button", { name: "Show" }).click();
  const preview = page.locator("live-story");
  await preview.getByRole("heading", { name: "News of the storm" }).waitFor();
  assert.equal((await preview.boundingBox())?.height, 320);
  await assertAccessible(page, "the builder");

  const given = (id: string) => page.locator(`#${id}`).inputValue();
  for (const id of ["script", "pinned", "frame"]) {
    await page.locator(`[data-copy=${id}]`).click();
    const copied = await page.evaluate(() => navigator.clipboard.readText());
    assert.equal(copied, await given(id));
    const partner = await openPartner(browser, site.page(`/${id}`, copied, { policy: strictPolicy(service.url) }));
    const embed = (id === "frame" ? partner.page.frameLocator("iframe") : partner.page).locator("live-story");
    await isShown(embed);
    await embed.getByRole("heading", { name: "News of the storm" }).first().waitFor();
    await partner.close();
  }
  const oEmbed = await (await fetch(await given("endpoint"))).json();
  assert.equal((oEmbed as { title: string }).title, `The <storm> & "more"`);
  await close();
});

test("the builder says that a story is not there, and shows an older one than its list holds", async () => {
  await service.createStory({ slug: "withheld", headline: "Secret", status: "draft" });
  for (const slug of ["no-such-story", "withheld", "Not%20A%20Slug"]) {
    const html = await (await fetch(`${service.url}/embed?story=${slug}`)).text();
    assert.ok(html.includes(`There is no story “${decodeURIComponent(slug)}” to embed`), slug);
    assert.ok(html.includes("This is another one.") && !html.includes("Secret"));
  }
  await service.createStory({ slug: "first-of-all", headline: "The first of all" });
  for (let later = 0; later < 100; later += 1) await service.createStory({ slug: `later-${later}` });
  await eventually(builder, (html) => html.includes("later-99") && !html.includes("first-of-all"));
  const html = await (await fetch(`${service.url}/embed?story=first-of-all`)).text();
  assert.match(html, /<option value="first-of-all" selected>/);
  assert.doesNotMatch(html, /There is no story/);
});

for (const height of ["320", "auto"]) {
  test(`what the builder gives for the height "${height}" keeps its place until a slow script has come: nothing moves`, async () => {
    const story = `still-${height}`;
    await service.createStory({ slug: story });
    await service.publish(story);
    const address = `${service.url}/embed?story=${story}&height=${height}`;
    await eventually(builder, (html) => html.includes(story));
    const given = await browser.newPage();
    await given.goto(address);
    for (const id of ["script", "pinned", "frame"]) {
      const copied = await given.locator(`#${id}`).inputValue();
      const page = await browser.newPage();
      let release = () => {};
      const released = new Promise<void>((resolve) => {
        release = resolve;
      });
      await page.route("**/embed/**", (route) => released.then(() => route.continue()));
      const main = `${copied}<p>What the partner's article says below.</p>`;
      const url = site.page(`/${story}-${id}`, main, { policy: strictPolicy(service.url) });
      await page.goto(url, { waitUntil: "commit" });
      const below = page.getByText("What the partner's article says");
      await below.waitFor();
      await watchShifts(page);
      const before = await below.boundingBox();
      if (id !== "frame") assert.ok(await page.locator("live-story a").isVisible());
      release();
      await isShown((id === "frame" ? page.frameLocator("iframe") : page).locator("live-story"));
      await service.publish(story);
      assert.deepEqual(await shiftsOn(page), []);
      assert.deepEqual(await below.boundingBox(), before);
      await page.close();
    }
    await given.close();
  });
}

test("the integrity value is that of the loader, and keeps another one out", async () => {
  const html = await (await fetch(`${service.url}/embed?story=night`)).text();
  const [, src = "", integrity = ""] =
    /src="([^"]+live-story-[^"]+)" integrity="([^"]+)" cross/.exec(html.replaceAll("&quot;", '"')) ?? [];
  const bytes = Buffer.from(await (await fetch(src)).arrayBuffer());
  assert.equal(integrity, `sha384-${createHash("sha384").update(bytes).digest("base64")}`);
  const script = (value: string) =>
    `<script type="module" crossorigin="anonymous" src="${src}" integrity="${value}"></script>`;
  const link = `<live-story src="${service.url}/stories/night"><a href="/">The plain link</a></live-story>`;
  const other = `sha384-${createHash("sha384").update("another").digest("base64")}`;
  const refused = await openPartner(browser, site.page("/other", `${link}${script(other)}`));
  assert.ok(await refused.page.getByText("The plain link").isVisible());
  assert.ok(refused.console.some((line) => line.includes("integrity")));
  await refused.close();
  const taken = await openPartner(browser, site.page("/same", `${link}${script(integrity)}`));
  await isShown(taken.page.locator("live-story"));
  await taken.close();
});
