import { type ComponentChildren, h } from "preact";
import type { EmbedTheme } from "./embed-frame.tsx";

type LiveStoryElementProps = {
  src: string;
  limit: number;
  theme: EmbedTheme;
  height?: string;
  /** What is seen until the element runs, and where it never does. */
  children: ComponentChildren;
};

/** The embed's own element, which no list of HTML's knows. */
export function LiveStoryElement(props: LiveStoryElementProps) {
  return h("live-story", props);
}
