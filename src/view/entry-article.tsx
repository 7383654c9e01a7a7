import { entryAnchor } from "../protocol/links.ts";
import type { Attribution, Entry } from "../protocol/shapes.ts";
import { Byline } from "./byline.tsx";
import { type Clock, formatDateTime, formatLater } from "./dates.ts";
import { Figure } from "./figure.tsx";
import type { LiveControls } from "./live-controls.ts";
import { SafeHtml } from "./safe-html.tsx";
import { spokenIn } from "./spoken.ts";
import { Age, StoryTime } from "./story-time.tsx";
import type { Strings } from "./strings.ts";

type EntryProps = { entry: Entry; href: string; clock: Clock; live: LiveControls | null; isTarget: boolean };

export function EntryArticle({ entry, href, clock, live, isTarget }: EntryProps) {
  const { strings } = clock;
  const anchor = entryAnchor(entry.id);
  const spoken = spokenIn(entry.language);
  const isFresh = live?.fresh.has(entry.id) ?? false;
  const classes = ["entry", `entry--${entry.importance}`, isFresh && "is-new", isTarget && "is-target"];
  return (
    <article
      id={anchor}
      class={classes.filter(Boolean).join(" ")}
      aria-labelledby={entry.headline ? titleId(entry) : `${titleId(entry)} ${anchor}-time`}
    >
      <p class="entry-when">
        <a href={href} class="entry-link">
          <StoryTime at={entry.publishedAt} clock={clock} id={`${anchor}-time`} />
        </a>{" "}
        <Age at={entry.publishedAt} clock={clock} />
        {entry.updatedAt ? (
          <time class="entry-updated" dateTime={entry.updatedAt} {...strings.spoken}>
            {strings.updatedAt(formatLater(entry.updatedAt, entry.publishedAt, clock))}
          </time>
        ) : null}
      </p>
      <EntryTitle entry={entry} strings={strings} isFresh={isFresh} />
      <Byline authors={entry.authors} strings={strings} class="entry-byline" />
      <SafeHtml html={entry.html} class="prose entry-text" spoken={spoken} />
      {entry.media.map((image) => (
        <Figure key={image.url} image={image} class="entry-figure" spoken={spoken} />
      ))}
      <Corrections entry={entry} clock={clock} />
      <footer class="entry-footer">
        <Attributions attributions={entry.attributions} strings={strings} />
        <EntryActions entry={entry} strings={strings} live={live} />
      </footer>
    </article>
  );
}

/** The heading that names the entry, and takes the focus when the reader asked for it. */
export function titleId(entry: Pick<Entry, "id">): string {
  return `${entryAnchor(entry.id)}-title`;
}

type EntryTitleProps = { entry: Entry; strings: Strings; isFresh: boolean };

function EntryTitle({ entry, strings, isFresh }: EntryTitleProps) {
  const mark = isFresh ? (
    <span class="new-mark" {...strings.spoken}>
      {strings.newMark}
    </span>
  ) : null;
  if (!entry.headline) {
    return (
      <h3 id={titleId(entry)} tabIndex={-1} class="entry-kicker">
        <span class="entry-label">{entry.label}</span> {mark}
      </h3>
    );
  }
  return (
    <>
      <p class="entry-kicker">
        <span class="entry-label">{entry.label}</span> {mark}
      </p>
      <h3 id={titleId(entry)} tabIndex={-1} class="entry-headline" {...spokenIn(entry.language)}>
        {entry.headline}
      </h3>
    </>
  );
}

function Attributions({ attributions, strings }: { attributions: Attribution[]; strings: Strings }) {
  if (attributions.length === 0) return null;
  return (
    <ul class="attributions" aria-label={strings.sources}>
      {attributions.map(({ source, url, status }) => {
        const { before, after } = strings.attribution[status];
        return (
          <li key={`${status} ${source}`} class={`attribution attribution--${status}`} {...strings.spoken}>
            {before || null}
            {url ? <a href={url}>{source}</a> : <span>{source}</span>}
            {after || null}
          </li>
        );
      })}
    </ul>
  );
}

function Corrections({ entry: { corrections, language }, clock }: { entry: Entry; clock: Clock }) {
  return (
    <>
      {corrections.map(({ text, at }) => (
        <p key={at} class="correction">
          <strong {...clock.strings.spoken}>{clock.strings.correctedAt(formatDateTime(at, clock))}</strong>{" "}
          <span {...spokenIn(language)}>{text}</span>
        </p>
      ))}
    </>
  );
}

/** Drawn by the server too, unseen, so that what comes alive later needs no new space. */
function EntryActions({ entry, strings, live }: { entry: Entry; strings: Strings; live: LiveControls | null }) {
  const isCopied = live?.copiedId === entry.id;
  return (
    <p class="entry-actions">
      <button type="button" {...strings.spoken} hidden={!live?.can.copy} onClick={() => live?.on.copyLink(entry)}>
        {isCopied ? strings.copied : strings.copyLink}
      </button>
      {live?.can.share ? (
        <button type="button" {...strings.spoken} onClick={() => live.on.share(entry)}>
          {strings.share}
        </button>
      ) : null}
    </p>
  );
}
