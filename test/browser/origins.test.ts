import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Browser, Page } from "playwright-core";
import { launchChromium } from "../support/chromium.ts";
import { OtherSite } from "../support/other-site.ts";
import { isLive, openPage } from "../support/reading.ts";
import { TestService } from "../support/service.ts";

let browser: Browser;
let friend: OtherSite;
let stranger: OtherSite;
before(async () => {
  browser = await launchChromium();
  friend = await OtherSite.open();
  stranger = await OtherSite.open();
});
after(async () => {
  await browser.close();
  await Promise.all([friend.close(), stranger.close()]);
});

async function pageOf(site: OtherSite): Promise<Page> {
  const page = await browser.newPage();
  await page.goto(site.origin);
  return page;
}

/** What a page gets when it tries: the first word of the service, or null. */
const openSocket = (page: Page, service: TestService) =>
  page.evaluate(
    (url) =>
      new Promise<string | null>((resolve) => {
        const socket = new WebSocket(url);
        socket.onmessage = ({ data }) => resolve(String(data).slice(0, 7));
        socket.onclose = () => resolve(null);
      }),
    `${service.url.replace("http", "ws")}/socket.io/?EIO=4&transport=websocket`,
  );

const fetchText = (page: Page, url: string) =>
  page.evaluate(
    (address) =>
      fetch(address).then(
        async (answer) => (await answer.text()).slice(0, 7),
        () => null,
      ),
    url,
  );

/** What a page is called back with by a script, which it may load from anywhere; null: the script does not run. */
const runScript = (page: Page, url: string) =>
  page.evaluate(
    (src) =>
      new Promise<string | null>((resolve) => {
        Object.assign(globalThis, { ___eio: [(text: string) => resolve(text)] });
        const script = Object.assign(document.createElement("script"), { src });
        script.addEventListener("load", () => resolve(null));
        script.addEventListener("error", () => resolve(null));
        document.body.append(script);
      }),
    url,
  );

/** Joins over a bare WebSocket, as hostile code would. @returns the answer. */
const join = (page: Page, service: TestService, story: string) =>
  page.evaluate(
    ({ url, slug }) =>
      new Promise<string>((resolve) => {
        const socket = new WebSocket(url);
        socket.onmessage = ({ data }) => {
          if (String(data).startsWith("0")) socket.send("40");
          else if (String(data).startsWith("40")) socket.send(`420["join",{"story":"${slug}"}]`);
          else if (String(data).startsWith("430")) resolve(String(data));
        };
      }),
    { url: `${service.url.replace("http", "ws")}/socket.io/?EIO=4&transport=websocket`, slug: story },
  );

test("[R5] with ALLOWED_ORIGINS a page of another origin opens no socket, by whichever transport", async () => {
  const service = await TestService.start({ allowedOrigins: [friend.origin] });
  const polling = `${service.url}/socket.io/?EIO=4&transport=polling`;
  for (const [site, socket, poll] of [
    [friend, '0{"sid"', '0{"sid"'],
    [stranger, null, null],
  ] as const) {
    const page = await pageOf(site);
    assert.equal(await openSocket(page, service), socket);
    assert.equal(await fetchText(page, polling), poll);
    // For a script no browser says whose page it is.
    assert.equal(await runScript(page, `${polling}&j=0`), null);
    await page.close();
  }
  await service.close();
});

test("[R5] a page of another origin reads no story that its origin may not, by whichever way", async () => {
  const service = await TestService.start();
  await service.createStory({ allowedOrigins: [friend.origin] });
  await service.publish("story", { markdown: "not for everybody" });
  const api = `${service.url}/api/v1/stories/story`;
  const ways = [
    api,
    `${api}/changes?after=a.1.b`,
    `${service.url}/stories/story/feed.json`,
    `${service.url}/stories/story`,
  ];
  const page = await pageOf(stranger);
  assert.match(await join(page, service, "story"), /"code":"forbidden"/);
  assert.equal(await runScript(page, `${service.url}/socket.io/?EIO=4&transport=polling&j=0`), null);
  for (const way of ways) assert.equal(await fetchText(page, way), null, way);
  const streamed = await page.evaluate(
    (url) =>
      new Promise<string>((resolve) => {
        const stream = new EventSource(url);
        stream.addEventListener("snapshot", () => resolve("told"));
        stream.onerror = () => resolve("refused");
      }),
    `${api}/stream`,
  );
  assert.equal(streamed, "refused");
  const friendly = await pageOf(friend);
  assert.match(await join(friendly, service, "story"), /"ok":true/);
  assert.equal(await fetchText(friendly, api), '{"story');
  await service.close();
});

test("nobody frames a page", async () => {
  const service = await TestService.start();
  await service.createStory();
  const page = await pageOf(stranger);
  const failed = page.waitForEvent("requestfailed");
  await page.evaluate((url) => {
    const frame = document.createElement("iframe");
    frame.src = url;
    document.body.append(frame);
  }, `${service.url}/stories/story`);
  assert.equal((await failed).failure()?.errorText, "net::ERR_BLOCKED_BY_RESPONSE");
  await service.close();
});

test("text becomes markup on the live page by the one policy only, and updates still come in", async () => {
  const service = await TestService.start();
  await service.createStory();
  const entry = await service.publish("story", { markdown: "First *words*" });
  const { page, close } = await openPage(browser, `${service.url}/stories/story`);
  await isLive(page);
  await service.call("PATCH", `/stories/story/entries/${entry.id}`, { body: { markdown: "Second **words**" } });
  const second = page.locator(".entry-text strong", { hasText: "words" });
  await second.waitFor();
  await second.evaluate((element) => element.setAttribute("data-kept", ""));
  await service.publish("story", { markdown: "Third *words*" });
  await page.locator(".entry-text em", { hasText: "words" }).waitFor();
  assert.equal(await second.getAttribute("data-kept"), "", "what has not changed is not inserted again");
  await service.call("DELETE", `/stories/story/entries/${entry.id}`);
  await page.locator(".entry-text strong").waitFor({ state: "detached" });
  await close();
  const attempts = await pageOfService(service);
  assert.deepEqual(attempts, ["TypeError", "TypeError", "TypeError"]);
  await service.close();
});

/** What becomes of text that code on the page would make into markup, into a script, or into a policy of its own. */
async function pageOfService(service: TestService): Promise<string[]> {
  const page = await browser.newPage();
  await page.goto(`${service.url}/stories/story`);
  return page.evaluate(() => {
    const nameOf = (attempt: () => void) => {
      try {
        attempt();
        return "done";
      } catch (error) {
        return (error as Error).name;
      }
    };
    const types = (window as unknown as { trustedTypes: { createPolicy(name: string, rules: object): void } })
      .trustedTypes;
    return [
      nameOf(() => {
        document.createElement("div").innerHTML = "<b>text</b>";
      }),
      nameOf(() => {
        document.createElement("script").text = "alert(1)";
      }),
      nameOf(() => types.createPolicy("other", {})),
    ];
  });
}
