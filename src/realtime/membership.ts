import type { Following } from "../feed/feeds.ts";
import type { Reader } from "./reader.ts";
import type { StoryRoom } from "./story-room.ts";

/** A reader's place in a room. */
export class Membership {
  readonly reader: Reader;
  /** Whether it asked to be told how many read along. */
  readonly presence: boolean;
  /** The audience that it was told last. */
  told = 0;
  /** Where it stands in the room; -1: nowhere. */
  place = -1;
  readonly room: StoryRoom;
  readonly #release: Following["release"];

  /** @param release gives back the hold on the story's feed; safe to call twice. */
  constructor(reader: Reader, presence: boolean, room: StoryRoom, release: Following["release"]) {
    this.reader = reader;
    this.presence = presence;
    this.room = room;
    this.#release = release;
  }

  /** Safe to call twice. */
  leave(): void {
    this.room.remove(this);
    this.#release();
  }
}
