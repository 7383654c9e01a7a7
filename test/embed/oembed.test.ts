import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { TestService } from "../support/service.ts";

let service: TestService;
before(async () => {
  service = await TestService.start();
  const authors = [{ name: "Nora Feldkamp", url: "https://live.example/nora" }];
  const image = {
    url: "https://img.example/a.jpg",
    alt: "A hall",
    width: 640,
    height: 400,
    caption: null,
    credit: null,
  };
  await service.createStory({ slug: "night", headline: `Votes & "more" <counted>`, authors, image });
});
after(() => service.close());

type Representation = Record<string, string | number> & { html: string };

async function ask(query: Record<string, string>) {
  const { status, headers, text } = await service.call("GET", `//oembed?${new URLSearchParams(query)}`, { key: null });
  return { status, headers, body: JSON.parse(text) as Representation };
}
const night = () => `${service.url}/stories/night`;

test("a story is represented as oEmbed 1.0 asks: rich, with its frame and the frame's size", async () => {
  const { status, headers, body } = await ask({ url: night() });
  assert.equal(status, 200);
  assert.match(headers.get("content-type") ?? "", /^application\/json; charset=utf-8$/);
  assert.equal(headers.get("access-control-allow-origin"), "*");
  const { html, ...rest } = body;
  assert.deepEqual(rest, {
    ...{ type: "rich", version: "1.0", title: `Votes & "more" <counted>`, width: 600, height: 480 },
    ...{ author_name: "Nora Feldkamp", author_url: "https://live.example/nora" },
    ...{ provider_name: "The Daily Test", provider_url: service.url },
    ...{ thumbnail_url: "https://img.example/a.jpg", thumbnail_width: 640, thumbnail_height: 400 },
  });
  assert.match(html, /^<iframe .*><\/iframe>$/);
  assert.ok(html.includes(` src="${service.url}/embed/night"`), html);
  assert.ok(html.includes(` title="Votes &amp; &quot;more&quot; &lt;counted`), html);
  assert.match(html, / width="600" height="480" /);
  const framed = await fetch(/src="([^"]+)"/.exec(html)?.[1] ?? "");
  assert.equal(framed.status, 200);
});

test("no side is longer than was asked for, of the frame and of the picture", async () => {
  const { body } = await ask({ url: night(), maxwidth: "320", maxheight: "200" });
  assert.deepEqual([body.width, body.height], [320, 200]);
  assert.match(body.html, / width="320" height="200" /);
  assert.deepEqual(
    Object.keys(body).filter((key) => key.startsWith("thumbnail")),
    [],
  );
  const roomy = await ask({ url: night(), maxwidth: "5000", maxheight: "5000" });
  assert.deepEqual([roomy.body.width, roomy.body.height], [600, 480]);
});

test("every address of a story's page will do: with a query, with a fragment, that of its frame", async () => {
  const { id } = await service.publish("night");
  for (const url of [`${night()}?entry=${id}#entry-${id}`, `${night()}/`, `${service.url}/embed/night`]) {
    assert.equal((await ask({ url })).status, 200, url);
  }
});

test("there is no representation of other sites' pages, of other pages, of drafts and of removed stories", async () => {
  await service.createStory({ slug: "draft", status: "draft", headline: "Secret" });
  await service.createStory({ slug: "gone" });
  await service.call("DELETE", "/stories/gone");
  const urls = ["https://elsewhere.example/stories/night", `${service.url}/`, "night", `${service.url}/stories/none`];
  for (const url of [...urls, ...["draft", "gone"].map((slug) => `${service.url}/stories/${slug}`)]) {
    const { status, body } = await ask({ url });
    assert.deepEqual([status, body.code], [404, "not_found"], url);
    assert.ok(!JSON.stringify(body).includes("Secret"));
  }
});

test("other formats are not implemented, unknown parameters are passed over, and nonsense is refused", async () => {
  assert.equal((await ask({ url: night(), format: "json", lang: "en" })).status, 200);
  // As oEmbed asks, and unlike all problems of ours: that is why it is not asked for like the others.
  assert.equal((await fetch(`${service.url}/oembed?format=xml&url=${night()}`)).status, 501);
  for (const query of [{}, { url: night(), maxwidth: "wide" }, { url: night(), maxheight: "0" }]) {
    const { status, body } = await ask(query as Record<string, string>);
    assert.deepEqual([status, body.code], [422, "validation_failed"]);
  }
});

test("a story's page says in its head where its representation is, and that is right", async () => {
  await service.createStory({ slug: "storm" });
  const html = await (await fetch(`${service.url}/stories/storm`)).text();
  const head = html.slice(0, html.indexOf("</head>"));
  const [, href = ""] = /<link rel="alternate" type="application\/json\+oembed"[^>]* href="([^"]+)"/.exec(head) ?? [];
  const answer = await fetch(href.replaceAll("&amp;", "&"));
  assert.equal(((await answer.json()) as Representation).type, "rich");
});
