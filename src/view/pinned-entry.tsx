import type { Entry } from "../protocol/shapes.ts";
import type { Clock } from "./dates.ts";
import { SafeHtml } from "./safe-html.tsx";
import { spokenIn } from "./spoken.ts";
import { StoryTime } from "./story-time.tsx";

/** A copy of the entry, without its ids: the entry itself keeps its place in the timeline, and its anchor. */
export function PinnedEntry({ entry, href, clock }: { entry: Entry; href: string; clock: Clock }) {
  const { strings } = clock;
  const spoken = spokenIn(entry.language);
  return (
    <aside class="pinned" aria-labelledby="pinned-heading">
      <h2 id="pinned-heading" class="pinned-heading" {...strings.spoken}>
        {strings.pinned}
      </h2>
      {/* Always a heading: those of the text stand below it. */}
      <h3 class={entry.headline ? "pinned-headline" : "entry-kicker"} {...(entry.headline ? spoken : {})}>
        {entry.headline ?? entry.label}
      </h3>
      <SafeHtml html={entry.html} class="prose pinned-text" spoken={spoken} />
      <p class="pinned-when">
        <a href={href}>
          <StoryTime at={entry.publishedAt} clock={clock} />
        </a>
      </p>
    </aside>
  );
}
