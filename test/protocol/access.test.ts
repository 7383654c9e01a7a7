import assert from "node:assert/strict";
import { test } from "node:test";
import { embeddersOf, foreignOrigin, mayEmbed, mayRead } from "../../src/protocol/access.ts";

test("[R5] a page of another origin may read only what its origin may", () => {
  const limited = { status: "live", allowedOrigins: ["https://partner.example"] } as const;
  assert.equal(mayRead(limited, "https://partner.example"), "yes");
  assert.equal(mayRead(limited, "https://partner.example.evil"), "forbidden");
  assert.equal(mayRead(limited, "null"), "forbidden");
  assert.equal(mayRead(limited, undefined), "yes");
  assert.equal(mayRead({ status: "live", allowedOrigins: [] }, "https://any.example"), "yes");
});

test("a draft does not exist for readers, whatever their origin", () => {
  assert.equal(mayRead({ status: "draft", allowedOrigins: [] }, undefined), "not_found");
});

test("the service's own pages are no foreign origin, by whichever name they were reached", () => {
  const site = "https://live.example";
  assert.equal(foreignOrigin(site, { origin: site }), undefined);
  assert.equal(foreignOrigin(site, { origin: "http://127.0.0.1:3000", host: "127.0.0.1:3000" }), undefined);
  assert.equal(foreignOrigin(site, { host: "live.example" }), undefined);
  assert.equal(foreignOrigin(site, { origin: "https://evil.example", host: "live.example" }), "https://evil.example");
});

test("[R5] whom the editors and the operator both allow may embed a story, and either allows all by naming none", () => {
  const [both, editors, operators] = ["https://both.example", "https://editors.example", "https://operators.example"];
  const open = { status: "live", allowedOrigins: [] } as const;
  const limited = { status: "live", allowedOrigins: [both, editors] } as const;
  assert.equal(embeddersOf(open, []), "any");
  assert.deepEqual(embeddersOf(limited, []), [both, editors]);
  assert.deepEqual(embeddersOf(open, [both, operators]), [both, operators]);
  assert.deepEqual(embeddersOf(limited, [both, operators]), [both]);
  assert.deepEqual(embeddersOf(limited, [operators]), [], "which is nobody, not anybody");
  assert.ok(!mayEmbed([], both) && mayEmbed([], undefined) && mayEmbed("any", both) && mayEmbed([both], both));
});
