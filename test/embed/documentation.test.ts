import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { launchChromium } from "../support/chromium.ts";
import { isShown, openPartner } from "../support/embedding.ts";
import { eventually } from "../support/eventually.ts";
import { PartnerSite } from "../support/partner-site.ts";
import { TestService } from "../support/service.ts";

const DOCUMENT = readFileSync(new URL("../../../docs/embedding.md", import.meta.url), "utf8");
const blocksOf = (kind: string) =>
  [...DOCUMENT.matchAll(new RegExp(`\`\`\`${kind}\n(.*?)\`\`\``, "gs"))].map(([, block = ""]) => block);

test("what docs/embedding.md gives to copy works under the policy that it asks for", async () => {
  const [service, site, browser] = await Promise.all([TestService.start(), PartnerSite.start(), launchChromium()]);
  await service.createStory({ slug: "election-night" });
  await service.publish("election-night", { headline: "Polls have closed" });
  const here = (text: string) =>
    text
      .replaceAll("https://live.example.com", service.url)
      .replaceAll("wss://live.example.com", service.url.replace(/^http/, "ws"));
  const [element = "", frame = ""] = blocksOf("html").map(here);
  const [hear = "", messages = ""] = blocksOf("js").map(here);
  const [styles = ""] = blocksOf("css");
  const [policy = ""] = blocksOf("csp").map(here);
  // The page's own style sheet, and its icon.
  const own = policy.replaceAll("\n", " ").replace("img-src", "img-src data:");
  const strict = `default-src 'none'; style-src 'self'; ${own}`;

  site.file("/site.css", "text/css", styles);
  const head = `<link rel="stylesheet" href="/site.css">`;
  const embedded = await openPartner(browser, site.page("/element", element, { policy: strict, head }));
  await isShown(embedded.page.locator("live-story"));
  const accent = await embedded.page.locator(".embed-header").evaluate((part) => getComputedStyle(part).borderTopColor);
  assert.equal(accent, "rgb(11, 92, 138)");
  await embedded.page.evaluate(hear);
  await service.publish("election-night");
  await eventually(
    () => embedded.page.evaluate(() => {}).then(() => embedded.console),
    (lines) => lines.some((line) => line.startsWith("log: 1 wait in")),
  );
  await embedded.close();

  const framed = await openPartner(browser, site.page("/frame", frame, { policy: strict }));
  await framed.page.frameLocator("iframe").locator(".status:visible").waitFor();
  await framed.page.evaluate(`${messages}; say("live-story:connect")`);
  await eventually(
    () => framed.page.evaluate(() => {}).then(() => framed.console),
    (lines) => lines.some((line) => line.startsWith("log: live-story:ready")),
  );
  await framed.close();
  await browser.close();
  await site.close();
  await service.close();
});

test("docs/embedding.md names every property that the style sheet knows", () => {
  const read = (name: string) => readFileSync(new URL(`../../../src/view/styles/${name}`, import.meta.url), "utf8");
  const sheet = read("embed.css") + read("embed-theme.css");
  const properties = new Set([...sheet.matchAll(/var\((--dateline-[\w-]+)/g)].map(([, name]) => name ?? ""));
  assert.ok(properties.size > 10);
  for (const property of properties) assert.ok(DOCUMENT.includes(property), property);
});
