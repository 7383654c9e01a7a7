import { test } from "node:test";
import { launchChromium } from "../support/chromium.ts";
import { eventually } from "../support/eventually.ts";
import { MetricsText } from "../support/metrics.ts";
import { isLive, openPage } from "../support/reading.ts";
import { TestService } from "../support/service.ts";

test("a reader's page says when a change is painted, and the service measures the delivery", async () => {
  const [service, browser] = await Promise.all([TestService.start(), launchChromium()]);
  await service.createStory();
  const { page, close } = await openPage(browser, `${service.url}/stories/story`);
  await isLive(page);
  await service.publish("story", { headline: "Painted" });
  await page.getByRole("heading", { name: "Painted" }).waitFor();
  const measured = async () => (await MetricsText.read(service.url)).value("dateline_delivery_seconds_count");
  await eventually(measured, (count) => count === 1);
  await close();
  await browser.close();
  await service.close();
});
