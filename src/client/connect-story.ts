import { shareConnections } from "./connection.ts";
import { hostEnvironment } from "./connection-environment.ts";
import type { StoryConnection, StoryConnectionOptions } from "./connection-options.ts";

export type { Change, Entry, Snapshot, Story, Tombstone } from "../protocol/shapes.ts";
export type { Timeline } from "../protocol/timeline.ts";
export type { LivenessState, StoryConnection, StoryConnectionOptions } from "./connection-options.ts";

const connections = shareConnections(hostEnvironment());

/**
 * Follows a story until it is closed, in a browser or without one. All stories of a service share one socket, up to
 * the 50 that it may join; further ones share the next.
 * Callbacks come after this has returned, and not after `close()`.
 *
 * @throws TypeError when `url` is no absolute URL.
 */
export function connectStory(options: StoryConnectionOptions): StoryConnection {
  return connections.connect(options);
}
