export type PartnerPage = {
  /** Origin of the service. */
  service: string;
  /** Slugs of two stories. */
  stories: readonly [string, string];
};

/** An article of another newsroom: two stories, the first one once more, and once in a frame. */
export function partnerPage({ service, stories: [first, second] }: PartnerPage): string {
  // As the service's builder gives it: the drawing keeps the place until the script has come.
  const embed = (slug: string, height: string, attributes: string) => `
      <live-story src="${service}/stories/${slug}" height="${height}" ${attributes}>
        <svg display="block" width="100%" height="${Number(height) || 480}" role="presentation">
          <foreignObject width="100%" height="100%">
            <a href="${service}/stories/${slug}">Follow the story live</a>
          </foreignObject>
        </svg>
      </live-story>`;
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
      ${embed(first, "520", 'limit="5"')}
      <p>Nothing on this page ever moves by itself: what is new waits behind a button, inside of each embed.</p>
      <h2>The same, in a frame</h2>
      <iframe class="ledger-frame" src="${service}/embed/${first}" title="The story, live" height="480" loading="lazy"
        sandbox="allow-scripts allow-same-origin allow-popups allow-popups-to-escape-sandbox"
        referrerpolicy="strict-origin-when-cross-origin"></iframe>
      <p>That was a frame. It needs no script on this page, and says what it has to say by messages.</p>
    </article>
    <aside class="ledger-aside">
      <h2>The weather</h2>
      ${embed(second, "420", 'limit="3" class="ledger-weather"')}
      <h2>In short</h2>
      ${embed(first, "auto", 'limit="2" theme="dark"')}
    </aside>
  </main>
</body>
</html>
`;
}
