import assert from "node:assert/strict";
import { test } from "node:test";
import type { Page } from "playwright-core";
import { browser, service, site, slug, stranger } from "../support/embed-setting.ts";
import {
  embedPage,
  frame,
  hasSockets,
  isShown,
  openPartner,
  saysOnConsole,
  snippet,
  socketsOf,
} from "../support/embedding.ts";
import { eventually } from "../support/eventually.ts";
import { type PartnerSite, strictPolicy } from "../support/partner-site.ts";
import { TestService } from "../support/service.ts";

const LINK = "The story on its own page";
const WORDS = "For partners only";

function framePage(at: PartnerSite, of: TestService, attributes = ""): string {
  const main = frame(of, slug).replace("<iframe", `<iframe ${attributes}`);
  return at.page(`/frame-${slug}`, main, { policy: strictPolicy(of.url) });
}

const framed = (page: Page) => page.frameLocator("iframe");
const plainLink = (page: Page) => framed(page).getByRole("link", { name: "All updates – The Daily Test" });

for (const [who, of] of [
  ["the story", () => service],
  ["the service", () => TestService.start({ allowedOrigins: [site.url] })],
] as const) {
  const allowedOrigins = () => (who === "the story" ? [site.url] : []);

  test(`[R5] a site that ${who} does not allow sees the plain link, and its console says what to do`, async () => {
    const strict = await of();
    await strict.createStory({ slug, allowedOrigins: allowedOrigins() });
    await strict.publish(slug, { headline: WORDS });
    const allowed = await openPartner(browser, embedPage(site, strict, snippet(strict, slug)));
    await allowed.page.getByRole("heading", { name: WORDS }).waitFor();
    await hasSockets(strict, 1);
    await allowed.close();

    const refused = await openPartner(browser, embedPage(stranger, strict, snippet(strict, slug)));
    await saysOnConsole(refused, `may not be embedded on ${stranger.url}. Ask its newsroom to add this origin`);
    assert.ok(await refused.page.getByText(LINK).isVisible());
    assert.equal(await refused.page.locator("article").count(), 0);
    assert.ok(!refused.requests.some((url) => url.startsWith("ws")), "it does not even try the socket");
    await refused.close();
    if (strict !== service) await strict.close();
  });

  test(`[R5] a frame on a site that ${who} does not allow shows the plain link alone, and its console says what to do`, async () => {
    const strict = await of();
    await strict.createStory({ slug, allowedOrigins: allowedOrigins() });
    await strict.publish(slug, { headline: WORDS });
    const allowed = await openPartner(browser, framePage(site, strict));
    await framed(allowed.page).getByRole("heading", { name: WORDS }).first().waitFor();
    await hasSockets(strict, 1);
    await allowed.close();

    const refused = await openPartner(browser, framePage(stranger, strict));
    await plainLink(refused.page).waitFor();
    assert.equal(await plainLink(refused.page).getAttribute("href"), `${strict.url}/stories/${slug}`);
    await saysOnConsole(refused, `may not be embedded on ${stranger.url}. Ask its newsroom to add this origin`);
    assert.ok(!(await refused.page.frames()[1]?.content())?.includes(WORDS));
    await refused.close();
    if (strict !== service) await strict.close();
  });
}

test("[R5] whoever hides or makes up where they frame a story is kept from it by the browser", async () => {
  await service.createStory({ slug, allowedOrigins: [site.url] });
  await service.publish(slug, { headline: WORDS });
  const address = `${service.url}/embed/${slug}`;
  const frames = [
    stranger.page(`/hidden-${slug}`, `<iframe title="a" referrerpolicy="no-referrer" src="${address}"></iframe>`),
    stranger.page(`/made-up-${slug}`, `<iframe title="a" src="${address}?from=${site.url}"></iframe>`),
  ];
  for (const url of frames) {
    const refused = await openPartner(browser, url);
    await saysOnConsole(refused, "frame-ancestors");
    await eventually(
      () => refused.page.evaluate(() => {}).then(() => refused.page.frames()[1]?.url() ?? ""),
      (shown) => shown.startsWith("chrome-error:"),
    );
    await refused.close();
  }
});

test("[R5] the refusal of a frame is kept by no cache, and what is kept of the story says for whom it is", async () => {
  await service.createStory({ slug, allowedOrigins: [site.url] });
  await service.publish(slug, { headline: WORDS });
  const ask = (referer: string) =>
    fetch(`${service.url}/embed/${slug}`, { headers: { Referer: referer, "Sec-Fetch-Dest": "iframe" } });
  const refused = await ask(`${stranger.url}/`);
  assert.deepEqual([refused.status, refused.headers.get("cache-control")], [403, "no-store"]);
  assert.ok(!(await refused.text()).includes(WORDS));
  const allowed = await ask(`${site.url}/`);
  assert.match(allowed.headers.get("vary") ?? "", /Sec-Fetch-Dest, Referer/);
  assert.ok(allowed.headers.get("content-security-policy")?.includes(`frame-ancestors 'self' ${site.url}`));
  await service.call("PATCH", `/stories/${slug}`, { body: { allowedOrigins: [] } });
  const open = await ask(`${stranger.url}/`);
  assert.ok(open.headers.get("content-security-policy")?.includes("frame-ancestors *"));
  assert.doesNotMatch(open.headers.get("vary") ?? "", /Referer/);
});

test("[R5] a site whose permission is withdrawn loses the story at once, and keeps the link", async () => {
  await service.createStory({ slug });
  await service.publish(slug, { headline: WORDS });
  const { page, close } = await openPartner(browser, embedPage(site, service, snippet(service, slug)));
  await page.getByRole("heading", { name: WORDS }).waitFor();
  await hasSockets(service, 1);
  await service.call("PATCH", `/stories/${slug}`, { body: { allowedOrigins: ["https://elsewhere.example"] } });
  await page.locator("article").waitFor({ state: "detached" });
  assert.ok(await page.getByText(LINK).isVisible());
  await close();
});

test("[R5] an open frame whose site loses its permission shows the plain link, and one that keeps it goes on", async () => {
  await service.createStory({ slug });
  await service.publish(slug, { headline: WORDS });
  const kept = await openPartner(browser, framePage(site, service));
  const lost = await openPartner(browser, framePage(stranger, service));
  for (const { page } of [kept, lost]) await isShown(framed(page).locator("live-story"));
  await hasSockets(service, 2);
  await service.call("PATCH", `/stories/${slug}`, { body: { allowedOrigins: [site.url] } });
  await plainLink(lost.page).waitFor();
  await saysOnConsole(lost, `may not be embedded on ${stranger.url}`);
  assert.ok(!(await lost.page.frames()[1]?.content())?.includes(WORDS));
  await hasSockets(service, 1);
  await service.publish(slug, { headline: "Goes on" });
  await framed(kept.page).getByRole("button", { name: "1 new update" }).waitFor();
  await kept.close();
  await lost.close();
});

test("an open frame is not loaded anew when its story changes in another way than who may show it", async () => {
  await service.createStory({ slug });
  await service.publish(slug);
  const { page, requests, close } = await openPartner(browser, framePage(site, service));
  await isShown(framed(page).locator("live-story"));
  await hasSockets(service, 1);
  const checked = page.waitForResponse((answer) => answer.request().method() === "HEAD");
  await service.call("PATCH", `/stories/${slug}`, { body: { headline: "Another headline" } });
  assert.equal((await checked).status(), 200);
  await framed(page).getByText("Another headline").first().waitFor();
  await service.publish(slug);
  await framed(page).getByRole("button", { name: "1 new update" }).waitFor();
  assert.equal(requests.filter((url) => url.includes(`/embed/${slug}?story=`)).length, 1, "one look, no new page");
  assert.equal(await socketsOf(service), 1);
  await close();
});
