import assert from "node:assert/strict";
import { test } from "node:test";
import type { Page } from "playwright-core";
import type { EmbedEvents } from "../../src/client/embed/embed-contract.ts";
import { browser, service, site, slug } from "../support/embed-setting.ts";
import {
  embedPage,
  entriesIn,
  hasSockets,
  isShown,
  openPartner,
  saysOnConsole,
  snippet,
} from "../support/embedding.ts";
import { eventually } from "../support/eventually.ts";
import { freePort } from "../support/free-port.ts";
import { TestService } from "../support/service.ts";

const LINK = "The story on its own page";
const WRONG_SRC = "src must be the address of a story's page";

test("where the script is blocked or cannot be had, the plain link stands", async () => {
  await service.createStory({ slug });
  const url = site.page(
    `/blocked-${slug}`,
    `${snippet(service, slug)}<script type="module" src="${service.url}/embed/v1/live-story.js"></script>`,
  );
  for (const pattern of ["**/live-story.js", "**/embed-view-*.js"]) {
    const context = await browser.newContext();
    await context.route(pattern, (route) => route.abort());
    const page = await context.newPage();
    await page.goto(url);
    assert.ok(await page.getByText(LINK).isVisible());
    await context.close();
  }
  const { page, close } = await openPartner(browser, url, { javaScriptEnabled: false });
  assert.ok(await page.getByText(LINK).isVisible());
  await close();
});

test("an embed whose code was out of reach for a while comes by itself", async () => {
  await service.createStory({ slug });
  await service.publish(slug, { headline: "At last" });
  const context = await browser.newContext();
  let attempts = 0;
  await context.route("**/embed-view-*.js", (route) => {
    attempts += 1;
    return attempts === 1 ? route.abort() : route.continue();
  });
  const page = await context.newPage();
  await page.goto(embedPage(site, service, snippet(service, slug)));
  await page.getByRole("heading", { name: "At last" }).waitFor();
  assert.ok(attempts >= 2);
  await context.close();
});

test("a service that is away for 30 s leaves its last state marked as not updating; then the embed is whole again", async () => {
  const port = await freePort();
  const first = await TestService.start({ port });
  await first.createStory({ slug });
  await first.publish(slug, { headline: "Before" });
  // Everything is real but the page's clock, which the test turns on.
  const turning = (page: Page) => page.clock.install();
  const { page, requests, close } = await openPartner(
    browser,
    embedPage(site, first, snippet(first, slug)),
    {},
    turning,
  );
  const embed = page.locator("live-story");
  await isShown(embed);
  await hasSockets(first, 1);
  await first.stop();
  await embed.getByText("Not updating").waitFor();
  const attempts = () => requests.filter((url) => url.startsWith("ws")).length;
  const before = attempts();
  for (let second = 0; second < 30; second += 1) await page.clock.runFor(1_000);
  assert.ok(attempts() > before, "it tries again and again");
  assert.ok(await embed.getByText("Not updating").isVisible());
  assert.ok(await embed.getByRole("heading", { name: "Before" }).isVisible());
  // The same store, where no reader reaches it.
  const meanwhile = await TestService.start({ dataDirectory: first.dataDirectory });
  for (const headline of ["Meanwhile 1", "Meanwhile 2"]) await meanwhile.publish(slug, { headline });
  await meanwhile.stop();
  const again = await TestService.start({ port, dataDirectory: first.dataDirectory });
  await again.publish(slug, { headline: "After" });
  const button = embed.getByRole("button", { name: "3 new updates" });
  await eventually(
    () => page.clock.runFor(1_000).then(() => button.count()),
    (count) => count === 1,
  );
  await button.click();
  await embed.locator(".status--live").waitFor();
  const { entries } = await again.snapshot(slug);
  assert.deepEqual(
    await entriesIn(embed),
    entries.map(({ id }) => id),
  );
  await close();
  await again.close();
});

test("a service that was down when the page was opened shows its story when it comes up", async () => {
  const port = await freePort();
  const first = await TestService.start({ port });
  await first.createStory({ slug });
  await first.publish(slug, { headline: "There" });
  const url = embedPage(site, first, snippet(first, slug));
  const context = await browser.newContext();
  // The code comes from a cache; the service itself does not answer.
  await context.route("**/embed/*.json?*", (route) => route.abort());
  const attempted = new Promise<void>((resolve) => {
    void context.routeWebSocket(/socket\.io/, (socket) => socket.close().then(resolve));
  });
  const page = await context.newPage();
  await page.goto(url);
  await attempted;
  assert.ok(await page.getByText(LINK).isVisible());
  await context.unrouteAll();
  await context.routeWebSocket(/socket\.io/, (socket) => void socket.connectToServer());
  await page.getByRole("heading", { name: "There" }).waitFor();
  await context.close();
  await first.close();
});

test("an ended story is shown as it is, and opens no socket", async () => {
  await service.createStory({ slug });
  await service.publish(slug, { headline: "The last word" });
  await service.call("PATCH", `/stories/${slug}`, { body: { status: "ended" } });
  const { page, requests, close } = await openPartner(browser, embedPage(site, service, snippet(service, slug)));
  const embed = page.locator("live-story");
  await embed.getByRole("heading", { name: "The last word" }).waitFor();
  await embed.locator(".status--ended", { hasText: "Ended" }).waitFor();
  assert.equal(await embed.getByRole("button", { name: "Pause" }).count(), 0);
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
  assert.deepEqual(
    requests.filter((url) => /socket/.test(url)),
    [],
  );
  await close();
});

test("a story that ends while it is read says so and closes its socket", async () => {
  await service.createStory({ slug });
  await service.publish(slug);
  const { page, close } = await openPartner(browser, embedPage(site, service, snippet(service, slug)));
  await isShown(page.locator("live-story"));
  await hasSockets(service, 1);
  await service.call("PATCH", `/stories/${slug}`, { body: { status: "ended" } });
  await page.locator("live-story .status--ended").waitFor();
  await hasSockets(service, 0);
  await close();
});

test("of a story that is removed or withdrawn nothing stays but the partner's own link", async () => {
  for (const removal of ["remove", "withdraw"]) {
    const gone = `${slug}-${removal}`;
    await service.createStory({ slug: gone });
    await service.publish(gone, { headline: "Taken down" });
    const { page, close } = await openPartner(browser, embedPage(site, service, snippet(service, gone)));
    await page.getByRole("heading", { name: "Taken down" }).waitFor();
    if (removal === "remove") await service.call("DELETE", `/stories/${gone}`);
    else await service.call("PATCH", `/stories/${gone}`, { body: { status: "draft" } });
    await page.locator("article").waitFor({ state: "detached" });
    assert.ok(await page.getByText(LINK).isVisible());
    assert.ok(
      !(await page.locator("live-story").evaluate((element) => element.shadowRoot?.innerHTML))?.includes("Taken"),
    );
    await close();
  }
});

test("an embed that cannot go on says so by an event and on the console, and the link stands", async () => {
  await service.createStory({ slug, allowedOrigins: ["https://elsewhere.example"] });
  const nowhere = `<live-story src="${service.url}/"><a href="/">${LINK}</a></live-story>`;
  const embeds = [
    { html: nowhere, story: null, code: "validation_failed", words: WRONG_SRC },
    { html: nowhere.replace(/ src="[^"]*"/, ""), story: null, code: "validation_failed", words: WRONG_SRC },
    { html: snippet(service, "no-such-story"), story: "no-such-story", code: "not_found", words: "is not there" },
    { html: snippet(service, slug), story: slug, code: "forbidden", words: "Ask its newsroom" },
  ];
  for (const { html, story, code, words } of embeds) {
    const embedding = await openPartner(browser, embedPage(site, service, html), {}, listenForErrors);
    const { page, close } = embedding;
    const [detail] = await eventually(
      () => page.evaluate(() => (globalThis as unknown as { errors: EmbedEvents["error"][] }).errors),
      (errors) => errors.length > 0,
    );
    assert.deepEqual([detail?.story, detail?.code], [story, code]);
    assert.ok(detail?.message.includes(words), detail?.message);
    await saysOnConsole(embedding, words);
    assert.ok(await page.getByText(LINK).isVisible());
    await close();
  }
});

/** From before the script of the embed on. */
async function listenForErrors(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const errors: unknown[] = [];
    Object.assign(globalThis, { errors });
    document.addEventListener("live-story:error", (event) => errors.push((event as CustomEvent).detail));
  });
}
