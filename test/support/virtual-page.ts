import { shareConnections } from "../../src/client/connection.ts";
import type { LivenessState, StoryConnectionOptions } from "../../src/client/connection-options.ts";
import type { JoinReply } from "../../src/protocol/events.ts";
import type { Change, Changes } from "../../src/protocol/shapes.ts";
import type { Timeline } from "../../src/protocol/timeline.ts";
import { VirtualReader } from "./virtual-reader.ts";
import { VirtualStory } from "./virtual-story.ts";

export const SITE = "https://live.example.com";
export const MINUTE = 60_000;

/** A reader whose pages may follow the story "storm", which has one entry so far, and others of the same service. */
export function virtualPages() {
  const reader = new VirtualReader();
  const connections = shareConnections(reader);
  const storm = new VirtualStory("storm", reader.now);
  storm.publish();

  /** A page that keeps what it is told. */
  function follow(options: Partial<StoryConnectionOptions> = {}) {
    const states: LivenessState[] = [];
    const deliveries: { timeline: Timeline; changes: readonly Change[] | null }[] = [];
    const { close, keepNewest } = connections.connect({
      url: SITE,
      story: "storm",
      onTimeline: (timeline, changes) => deliveries.push({ timeline, changes }),
      onState: (state) => states.push(state),
      ...options,
    });
    return {
      states,
      deliveries,
      close,
      keepNewest,
      get kinds() {
        return states.map(({ kind }) => kind);
      },
      get timeline() {
        return deliveries.at(-1)?.timeline;
      },
    };
  }

  /** A page that is live on the storm. */
  async function followLive(options: Partial<StoryConnectionOptions> = {}) {
    reader.willConnect("connects");
    reader.willAnswer(storm.answer(undefined));
    const page = follow(options);
    await reader.advance(0);
    return page;
  }

  function deliver(range: Changes, story = storm): void {
    reader.socket.deliver("changes", { story: story.slug, epoch: story.epoch, ...range });
  }

  return { reader, storm, follow, followLive, deliver };
}

export function refusal(code: string, retryable = false): JoinReply {
  return { ok: false, error: { code, message: "no", retryable } } as JoinReply;
}
