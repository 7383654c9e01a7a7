import assert from "node:assert/strict";
import { test } from "node:test";
import { Balancer } from "../support/balancer.ts";
import { launchChromium } from "../support/chromium.ts";
import { NodeProcess } from "../support/node-process.ts";
import { isLive, openPage } from "../support/reading.ts";
import { RedisServer } from "../support/redis-server.ts";
import { ADMIN_KEY } from "../support/service.ts";

async function post(node: NodeProcess, path: string, body: object): Promise<void> {
  const response = await fetch(`${node.url}/api/v1${path}`, {
    method: "POST",
    headers: { Authorization: `Bearer ${ADMIN_KEY}`, "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
  assert.equal(response.status, 201);
}

test("[F1] what is published on one node appears on a page of another, also when one of them is killed", async (t) => {
  const redis = await RedisServer.start({ appendOnly: true });
  t.after(() => redis.stop());
  const balancer = await Balancer.start();
  t.after(() => balancer.close());
  const environment = { REDIS_URL: redis.url, PUBLIC_URL: balancer.url };
  const [a, b] = await Promise.all([NodeProcess.start(environment), NodeProcess.start(environment)]);
  t.after(async () => void (await Promise.all([a.end("SIGKILL"), b.end("SIGKILL")])));
  const browser = await launchChromium();
  t.after(() => browser.close());
  await post(a, "/stories", { slug: "night", headline: "A long night", timeZone: "America/Chicago", status: "live" });

  balancer.targets.push(b.port);
  const { page } = await openPage(browser, `${balancer.url}/stories/night`);
  await isLive(page);
  await post(a, "/stories/night/entries", { markdown: "Published on the other node." });
  await page.getByText("Published on the other node.").waitFor();

  await a.end("SIGKILL");
  await post(b, "/stories/night/entries", { markdown: "After the other node was killed." });
  await page.getByText("After the other node was killed.").waitFor();

  await a.restart();
  balancer.targets.push(a.port);
  await b.end("SIGKILL");
  await post(a, "/stories/night/entries", { markdown: "After its own node was killed." });
  await page.getByText("After its own node was killed.").waitFor();
  await isLive(page);
  assert.equal(await page.locator(".timeline article").count(), 3);
});
