import type { IncomingMessage, ServerResponse } from "node:http";
import type { Desk } from "../editorial/desk.ts";
import type { Keys } from "../editorial/keys.ts";
import type { PublishRate } from "../editorial/publish-rate.ts";
import type { Feeds } from "../feed/feeds.ts";
import type { StoryList } from "../feed/story-list.ts";
import type { Position } from "../protocol/position.ts";

/** What the routes are built on; handed in by the composition root. */
export type Services = {
  /** The origin under which readers reach the service. */
  site: string;
  desk: Desk;
  keys: Keys;
  publishRate: PublishRate;
  feeds: Feeds;
  list: StoryList;
  openStream: OpenStream;
};

export type StreamParameters = {
  slug: string;
  after: Position | null;
  presence: boolean;
  origin: string | undefined;
  /** Whether the reader holds a key for the story. */
  isEditor: boolean;
};

/** Answers with server-sent events; throws before it has sent anything. */
export type OpenStream = (
  request: IncomingMessage,
  response: ServerResponse,
  stream: StreamParameters,
) => Promise<void>;
