import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { boundToParent, endWithTests } from "../../test/support/children.ts";
import { freePort } from "../../test/support/free-port.ts";
import type { DialectName } from "../readers/dialects.ts";
import type { Cores } from "../support/cores.ts";
import { PeerStories } from "./peer-stories.ts";
import type { Server } from "./subject.ts";

export type PeerProcess = {
  title: string;
  dialect: DialectName;
  /** Listens on the port that `PORT` names, and says so in a line. */
  command: string[];
  environment?: Record<string, string>;
  /** What was made for it goes with it. */
  afterwards: () => Promise<void>;
};

/** A peer that takes updates as `peers/serve-peer.ts` does. */
export async function startPeerProcess(peer: PeerProcess, cores: Cores): Promise<Server> {
  const { title, dialect, environment, afterwards } = peer;
  const port = await freePort();
  const { PATH = "" } = process.env;
  const env = { PATH, PORT: String(port), NODE_ENV: "production", ...environment };
  const [command, ...args] = boundToParent([...cores.server, ...peer.command]);
  const child = spawn(command, args, { env, stdio: ["ignore", "pipe", "inherit"] });
  endWithTests(child);
  const exited = once(child, "exit");
  const end = async () => {
    child.kill("SIGKILL");
    await exited;
    await afterwards();
  };
  const listening = once(createInterface({ input: child.stdout }), "line");
  const started = await Promise.race([listening.then(() => true), exited.then(() => false)]);
  if (!started || child.pid === undefined) {
    await end();
    throw new Error(`${title} did not start.`);
  }
  const stories = new PeerStories(port);
  return {
    ...{ pid: child.pid, port, dialect, end },
    createStory: (story) => stories.create(story),
    headOf: (story) => stories.headOf(story),
    publish: (story, bytes) => stories.publish(story, bytes),
  };
}
