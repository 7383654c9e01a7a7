import assert from "node:assert/strict";
import { test } from "node:test";
import type { Page } from "playwright-core";
import { browser, service, site, slug, stranger } from "../support/embed-setting.ts";
import { entriesIn, frame, hasSockets, openPartner } from "../support/embedding.ts";
import { eventually } from "../support/eventually.ts";
import { strictPolicy } from "../support/partner-site.ts";

/** The host page's side, as docs/embedding.md has it. */
const TALK = `
  const frame = document.querySelector("iframe");
  const service = new URL(frame.src).origin;
  const heard = [];
  addEventListener("message", ({ source, origin, data }) => {
    if (source === frame.contentWindow && origin === service) heard.push(data);
  });
  const say = (type) => frame.contentWindow.postMessage({ type }, service);
  frame.addEventListener("load", () => say("live-story:connect"));
`;

function framePage(script = ""): string {
  const policy = strictPolicy(service.url).replace("script-src", "script-src 'unsafe-inline'");
  const main = `${frame(service, slug)}${script && `<script>${script}</script>`}`;
  return site.page(`/frame-${slug}`, main, { policy });
}

type Message = { type: string; detail: { story: string; state?: string; waiting?: number; entries?: string[] } };

function heardOn(page: Page): Promise<Message[]> {
  return page.evaluate("heard") as Promise<Message[]>;
}

async function hears(page: Page, isIt: (message: Message) => boolean): Promise<Message | undefined> {
  const all = await eventually(
    () => heardOn(page),
    (messages) => messages.some(isIt),
  );
  return all.find(isIt);
}

test("a frame shows the newest entries and the way to the rest also without JavaScript", async () => {
  await service.createStory({ slug, headline: "Votes are counted" });
  for (let entry = 0; entry < 7; entry += 1) await service.publish(slug, { headline: `Entry ${entry}` });
  const { page, close } = await openPartner(browser, framePage(), { javaScriptEnabled: false });
  const frame = page.frameLocator("iframe");
  assert.deepEqual(
    await frame.locator("article h3").allTextContents(),
    [6, 5, 4, 3, 2].map((entry) => `Entry ${entry}`),
  );
  const link = frame.getByRole("link", { name: "All updates" });
  assert.equal(await link.getAttribute("href"), `${service.url}/stories/${slug}`);
  assert.equal(await frame.locator("button:visible").count(), 0);
  await close();
});

test("a frame comes alive, and keeps nothing of what the server wrote for the time until then", async () => {
  await service.createStory({ slug });
  const { id } = await service.publish(slug, { headline: "To be withdrawn" });
  const { page, close } = await openPartner(browser, framePage());
  const embed = page.frameLocator("iframe").locator("live-story");
  await hasSockets(service, 1);
  await service.publish(slug, { headline: "News" });
  await embed.getByRole("button", { name: "1 new update" }).click();
  assert.equal((await entriesIn(embed)).length, 2);
  await service.call("DELETE", `/stories/${slug}/entries/${id}`);
  await embed.getByText("To be withdrawn").waitFor({ state: "detached" });
  await close();
});

test("a frame speaks to the page around it as the element does, and does what that asks for", async () => {
  await service.createStory({ slug });
  await service.publish(slug, { headline: "First" });
  const { page, close } = await openPartner(browser, framePage(TALK));
  const embed = page.frameLocator("iframe").locator("live-story");
  await hears(page, ({ type, detail }) => type === "live-story:ready" && detail.story === slug);
  await hears(page, ({ type, detail }) => type === "live-story:state" && detail.state === "live");
  await page.evaluate('say("live-story:pause")');
  await embed.getByText("new updates are held back").waitFor();
  const { id } = await service.publish(slug, { headline: "Second" });
  const update = await hears(page, ({ type }) => type === "live-story:update");
  assert.deepEqual(update?.detail, { story: slug, entries: [id], waiting: 1 });
  await page.evaluate('say("live-story:resume")');
  await embed.getByRole("button", { name: "1 new update" }).waitFor();
  await page.evaluate('say("live-story:show-new")');
  await embed.getByRole("heading", { name: "Second" }).waitFor();
  await service.call("DELETE", `/stories/${slug}/entries/${id}`);
  assert.deepEqual((await hears(page, ({ type }) => type === "live-story:retract"))?.detail.entries, [id]);
  await close();
});

test("a page that comes late hears what lasts", async () => {
  await service.createStory({ slug });
  const { page, close } = await openPartner(browser, framePage(TALK.replace(/frame\.addEventListener.*\n/, "")));
  await hasSockets(service, 1);
  await page.evaluate('say("live-story:connect")');
  await hears(page, ({ type }) => type === "live-story:ready");
  await close();
});

test("a frame says nothing to a page that has not introduced itself, and obeys nobody but its own page", async () => {
  await service.createStory({ slug });
  await service.publish(slug);
  const bossy = `<script>const order = (frame) => ["connect", "pause"].forEach((name) => frame.postMessage({ type: "live-story:" + name }, "*"));</script>`;
  const sibling = `<iframe title="Other" src="${stranger.page(`/sibling-${slug}`, bossy)}"></iframe>`;
  const silent = TALK.replace(/frame\.addEventListener.*\n/, "");
  const url = site.page(
    `/frame-${slug}`,
    `<iframe title="Story" height="480" src="${service.url}/embed/${slug}"></iframe>${sibling}<script>${silent}</script>`,
  );
  const { page, close } = await openPartner(browser, url);
  const embed = page.frameLocator("iframe").first().locator("live-story");
  await embed.locator(".status:visible").waitFor();
  const other = page.frames().find((frame) => frame.url().includes("/sibling-"));
  await other?.evaluate("order(parent.frames[0])");
  // From the page itself, but before it has introduced itself.
  await page.evaluate('say("live-story:pause")');
  await service.publish(slug);
  await embed.getByRole("button", { name: "1 new update" }).waitFor();
  assert.equal(await embed.getByRole("button", { name: "Pause" }).count(), 1);
  assert.deepEqual(await heardOn(page), []);
  await close();
});

test("a frame is as dark, as long and as fresh as its address asks", async () => {
  await service.createStory({ slug });
  for (let entry = 0; entry < 3; entry += 1) await service.publish(slug);
  const address = `${service.url}/embed/${slug}?theme=dark&limit=2&utm_source=x`;
  const answer = await fetch(address);
  const html = await answer.text();
  assert.match(html, /<html lang="en" dir="ltr" data-theme="dark" /);
  assert.equal(html.match(/<article/g)?.length, 2);
  assert.doesNotMatch(html, /\sstyle=|<style|\son[a-z]+="/);
  assert.equal(answer.headers.get("cache-control"), "public, max-age=1, stale-while-revalidate=9");
  const again = await fetch(address, { headers: { "If-None-Match": answer.headers.get("etag") ?? "" } });
  assert.equal(again.status, 304);
  const lenient = await (await fetch(`${service.url}/embed/${slug}?theme=pink&limit=many`)).text();
  assert.match(lenient, /data-theme="auto"/);
});

test("there is no frame of a draft, of a removed story or of none", async () => {
  await service.createStory({ slug, status: "draft" });
  const statusOf = async (name: string) => (await fetch(`${service.url}/embed/${name}`)).status;
  assert.equal(await statusOf(slug), 404);
  assert.equal(await statusOf("no-such-story"), 404);
  await service.call("PATCH", `/stories/${slug}`, { body: { status: "live" } });
  assert.equal(await statusOf(slug), 200);
  await service.call("DELETE", `/stories/${slug}`);
  assert.equal(await statusOf(slug), 410);
});
