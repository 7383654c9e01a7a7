import type { ComponentChildren } from "preact";
import type { Story } from "../protocol/shapes.ts";
import { Byline } from "./byline.tsx";
import { Figure } from "./figure.tsx";
import type { Strings } from "./strings.ts";

/** @param children the status line. */
export function StoryHeader(props: { story: Story; strings: Strings; children: ComponentChildren }) {
  const { story, strings, children } = props;
  return (
    <header class="story-header">
      {children}
      <h1 class="story-headline">{story.headline}</h1>
      {story.summary ? <p class="story-summary">{story.summary}</p> : null}
      <Byline authors={story.authors} strings={strings} class="story-byline" />
      {story.image ? <Figure image={story.image} class="story-figure" eager /> : null}
    </header>
  );
}
