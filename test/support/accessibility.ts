import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { AxeResults } from "axe-core";
import type { Page } from "playwright-core";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** Fails with everything that axe finds wrong on the page as it is now, in light and in dark. */
export async function assertAccessible(page: Page, state: string): Promise<void> {
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    // Through the debugger, which the page's policy does not bind.
    const found = await page.evaluate(`${AXE}; axe.run(document, { resultTypes: ["violations"] })`);
    const violations = (found as AxeResults).violations.map(({ id, nodes }) => ({
      rule: id,
      where: nodes.map(({ html, failureSummary }) => `${html} ${failureSummary}`),
    }));
    assert.deepEqual(violations, [], `${state}, ${colorScheme}`);
  }
}
