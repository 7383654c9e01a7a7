import { existsSync } from "node:fs";
import { Nginx } from "../support/nginx.ts";
import { PeerStories } from "./peer-stories.ts";
import type { Subject } from "./subject.ts";

const PLACE = "/usr/lib/nginx/modules/ngx_nchan_module.so";
const CONNECTIONS = 18_000;

/** nginx with the nchan module, WebSockets, messages kept in its own memory. */
export const nchan: Subject = {
  name: "nchan",
  title: "nchan (nginx, C)",
  unavailable: () =>
    existsSync(moduleFile())
      ? null
      : "nchan is not installed (Debian: libnginx-mod-nchan), or NCHAN_MODULE does not name it",
  start: async ({ server: prefix }) => {
    const nginx = await Nginx.start({
      modules: [moduleFile()],
      connections: CONNECTIONS,
      locations: () => CHANNELS,
      prefix,
    });
    const stories = new PeerStories(nginx.port);
    return {
      ...{ pid: nginx.pid, port: nginx.port, dialect: "websocket", end: () => nginx.end() },
      createStory: (story) => stories.create(story),
      headOf: (story) => stories.headOf(story),
      publish: (story, bytes) => stories.publish(story, bytes),
    };
  },
};

const CHANNELS = `
    location ~ ^/stories/([a-z0-9-]+)$ {
      nchan_publisher http;
      nchan_subscriber websocket;
      nchan_channel_id $1;
      nchan_subscriber_first_message newest;
    }`;

function moduleFile(): string {
  return process.env.NCHAN_MODULE ?? PLACE;
}
