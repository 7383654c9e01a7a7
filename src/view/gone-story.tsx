import type { Strings } from "./strings.ts";

/** What takes the place of a story that was taken down. */
export function GoneStory({ strings }: { strings: Strings }) {
  return (
    <main class="problem">
      <h1 class="problem-title">{strings.gone.title}</h1>
      <p class="problem-detail">{strings.gone.detail}</p>
      <p>
        <a class="problem-link" href="/">
          {strings.allStories}
        </a>
      </p>
    </main>
  );
}
