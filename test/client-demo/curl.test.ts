import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { test } from "node:test";
import { curlCommand } from "../../client-demo/newsroom/curl.ts";

const difficult = `it's "50 %" $HOME \`id\` \\n !! & more`;

test("a shell hands over every word of the command unchanged, whatever the key and the text contain", () => {
  const command = curlCommand({
    method: "POST",
    url: "http://[::1]:3000/api/v1/stories/s/entries",
    key: difficult,
    body: { markdown: `${difficult}\nsecond line` },
  });
  const words = execFileSync("sh", ["-c", `curl() { printf '%s\\0' "$@"; }\n${command}`], { encoding: "utf8" });
  assert.deepEqual(words.split("\0").slice(0, -1), [
    "-sS",
    "-w",
    "\\n",
    "-X",
    "POST",
    "http://[::1]:3000/api/v1/stories/s/entries",
    "-H",
    `Authorization: Bearer ${difficult}`,
    "-H",
    "Content-Type: application/json",
    "-d",
    JSON.stringify({ markdown: `${difficult}\nsecond line` }),
  ]);
});

test("the command is one line", () => {
  const command = curlCommand({ method: "PATCH", url: "http://localhost:3000", key: "k", body: { markdown: "a\nb" } });
  assert.doesNotMatch(command, /\n/);
});
