import { directionOf } from "../protocol/direction.ts";
import type { Direction } from "../protocol/shapes.ts";

/** Attributes of words that may be in another language than what surrounds them; none where they are not. */
export type Spoken = { lang?: string; dir?: Direction };

/** @param language null: that of the story. */
export function spokenIn(language: string | null): Spoken {
  return language ? { lang: language, dir: directionOf(language) } : {};
}
