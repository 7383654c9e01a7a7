import { curlCommand } from "./curl.ts";
import type { Script, Step } from "./script.ts";

/** What the demo says in the terminal. Commands stand at the line's start, so that a whole line can be copied. */

export type Scene = { baseUrl: string; slug: string; key: string; durationMs: number };

export function welcome({ baseUrl, slug, key, durationMs }: Scene): string {
  return `
  Dateline newsroom demo

  The page       ${baseUrl}/stories/${slug}
  Editor's key   ${key}

  Open the page: the story fills while you watch${durationMs >= 10_000 ? `, for about ${inWords(durationMs)}` : ""}.
  To publish an entry of your own, paste this line into another terminal:

${publishCommand({ baseUrl, slug, key })}

  The newsroom at work:
`;
}

/** One line for one step, such as `  published  BREAKING      Totality reaches North America`. */
export function narrate(step: Step, script: Script): string {
  const [verb, label, text] = describe(step, script);
  return `  ${verb.padEnd(9)}  ${label.padEnd(12)}  ${text}`.trimEnd();
}

export function farewell({ baseUrl, slug, key }: Omit<Scene, "durationMs">): string {
  return `
  The story has ended and takes no new entries: the line above is now answered with "story_ended".
  To reopen the story:

${curlCommand({ method: "PATCH", url: `${baseUrl}/api/v1/stories/${slug}`, key, body: { status: "live" } })}

  and then publish again, as often as you like:

${publishCommand({ baseUrl, slug, key })}

  The service goes on running. Press Ctrl-C to stop it.
`;
}

function publishCommand({ baseUrl, slug, key }: Omit<Scene, "durationMs">): string {
  return curlCommand({
    method: "POST",
    url: `${baseUrl}/api/v1/stories/${slug}/entries`,
    key,
    body: { headline: "Hello from the terminal", markdown: "Published with **curl**, on every open page at once." },
  });
}

function describe(step: Step, script: Script): [verb: string, label: string, text: string] {
  switch (step.kind) {
    case "publish":
      return ["published", ...labelAndHeadline(step.name, script)];
    case "revise":
      return [step.patch.correction === undefined ? "revised" : "corrected", ...labelAndHeadline(step.name, script)];
    case "retract":
      return ["retracted", ...labelAndHeadline(step.name, script)];
    case "pin":
      return ["pinned", ...labelAndHeadline(step.name, script)];
    case "unpin":
      return ["unpinned", "", ""];
    case "end":
      return ["ended", "", script.story.headline];
  }
}

function labelAndHeadline(name: string, script: Script): [label: string, headline: string] {
  for (const step of script.steps) {
    if (step.kind === "publish" && step.name === name) return [step.entry.label ?? "UPDATE", step.entry.headline ?? ""];
  }
  return ["", name];
}

function inWords(durationMs: number): string {
  const seconds = Math.round(durationMs / 1000);
  if (seconds >= 50 && seconds <= 75) return "a minute";
  return seconds < 120 ? `${seconds} seconds` : `${Math.round(seconds / 60)} minutes`;
}
