import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { launchChromium } from "../support/chromium.ts";
import { eventually } from "../support/eventually.ts";
import { PartnerSite } from "../support/partner-site.ts";
import { TestService } from "../support/service.ts";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));
const TSC = join(ROOT, "node_modules/typescript/bin/tsc");

/** Code of somebody who has installed the package. */
const USES = `
import { connectStory, type Entry, type LivenessState, type Timeline } from "dateline/client";
const headlines = (timeline: Timeline) => timeline.entries.map((entry: Entry) => entry.headline);
const { close } = connectStory({
  url: "https://live.example.com",
  story: "election-night",
  onTimeline: (timeline, changes) => console.log(headlines(timeline), changes?.length),
  onState: (state: LivenessState) => console.log(state.kind),
});
close();
`;
const MISUSES = `import { connectStory } from "dateline/client"; connectStory({ url: 1, story: "s", onTimeline() {}, onState() {} });`;

test("the package's client has types that hold for strangers, and that say no", () => {
  const directory = mkdtempSync(join(tmpdir(), "dateline-client-"));
  mkdirSync(join(directory, "node_modules"));
  symlinkSync(ROOT, join(directory, "node_modules/dateline"));
  writeFileSync(join(directory, "package.json"), `{ "type": "module" }`);
  const check = (code: string) => {
    writeFileSync(join(directory, "use.ts"), code);
    const options = ["--strict", "--noEmit", "--module", "nodenext", "--target", "es2023", "--types", ""];
    return spawnSync(process.execPath, [TSC, ...options, "use.ts"], { cwd: directory, encoding: "utf8" });
  };
  const used = check(USES);
  assert.equal(used.status, 0, used.stdout);
  assert.match(check(MISUSES).stdout, /Type 'number' is not assignable to type 'string'/);
  rmSync(directory, { recursive: true });
});

test("a partner's own script follows a story by the service's copy of the client", async () => {
  const [service, site, browser] = await Promise.all([TestService.start(), PartnerSite.start(), launchChromium()]);
  await service.createStory({ slug: "night" });
  await service.publish("night", { headline: "First" });
  const script = `
    import { connectStory } from "${service.url}/embed/v1/connect-story.js";
    globalThis.seen = [];
    globalThis.states = [];
    connectStory({
      url: "${service.url}",
      story: "night",
      onTimeline: ({ entries }) => seen.push(entries.map(({ headline }) => headline).join()),
      onState: ({ kind }) => states.push(kind),
    });`;
  const page = await browser.newPage();
  await page.goto(site.page("/", `<script type="module">${script}</script>`));
  const read = (name: string) => page.evaluate(`globalThis.${name} ?? []`) as Promise<string[]>;
  await eventually(
    () => read("states"),
    (states) => states.includes("live"),
  );
  await service.publish("night", { headline: "Second" });
  await eventually(
    () => read("seen"),
    (seen) => seen.at(-1) === "Second,First",
  );
  await browser.close();
  await site.close();
  await service.close();
});
