import type { DialectName } from "../readers/dialects.ts";
import type { Cores } from "../support/cores.ts";

/** A running server, in processes of its own. */
export type Server = {
  readonly pid: number;
  readonly port: number;
  readonly dialect: DialectName;
  /** Of a story that nothing was published in. */
  createStory(story: string): Promise<void>;
  /** Where the story stands. */
  headOf(story: string): number;
  /** One update, of which readers are told in a JSON document of about `bytes` bytes. @returns the story's new head. */
  publish(story: string, bytes: number): Promise<number>;
  end(): Promise<void>;
};

/** A kind of server that can be measured. */
export type Subject<S extends Server = Server> = {
  name: string;
  title: string;
  /** Why it cannot be measured here; null if it can. */
  unavailable: () => string | null;
  start: (cores: Cores) => Promise<S>;
};
