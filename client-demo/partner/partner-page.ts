export type PartnerPage = {
  /** Origin of the service. */
  service: string;
  /** Slugs of two stories. */
  stories: readonly [string, string];
};

/** An article of another newsroom: two stories, the first one once more, and once in a frame. */
export function partnerPage({ service, stories: [first, second] }: PartnerPage): string {
  const link = (slug: string) => `<a href="${service}/stories/${slug}">Follow the story live</a>`;
  const embed = (slug: string, attributes: string) =>
    `<live-story src="${service}/stories/${slug}" ${attributes}>${link(slug)}</live-story>`;
  return `<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <meta name="color-scheme" content="light dark">
  <title>The day the sun went out – The Prairie Ledger</title>
  <link rel="stylesheet" href="/site.css">
  <link rel="stylesheet" href="/legacy.css">
  <link rel="icon" href="data:,">
  <script type="module" async src="${service}/embed/v1/live-story.js"></script>
</head>
<body>
  <header class="ledger-masthead"><span class="ledger-name">The Prairie Ledger</span></header>
  <main class="ledger">
    <article class="ledger-article">
      <h1>The day the sun went out</h1>
      <p>This page belongs to another newsroom, on another origin, under a strict security policy and with style sheets
      that respect nobody. The stories on it are embedded.</p>
      <h2>As it happens</h2>
      ${embed(first, 'limit="5" height="520"')}
      <p>Nothing on this page ever moves by itself: what is new waits behind a button, inside of each embed.</p>
      <h2>The same, in a frame</h2>
      <iframe class="ledger-frame" src="${service}/embed/${first}" title="The story, live" height="480" loading="lazy"
        sandbox="allow-scripts allow-same-origin allow-popups allow-popups-to-escape-sandbox"
        referrerpolicy="strict-origin-when-cross-origin"></iframe>
      <p>That was a frame. It needs no script on this page, and says what it has to say by messages.</p>
    </article>
    <aside class="ledger-aside">
      <h2>The weather</h2>
      ${embed(second, 'limit="3" height="420" class="ledger-weather"')}
      <h2>In short</h2>
      ${embed(first, 'limit="2" height="auto" theme="dark"')}
    </aside>
  </main>
</body>
</html>
`;
}
