import type { WindowCount } from "../../protocol/rate-windows.ts";
import type { Tallies } from "../tallies.ts";
import type { Commands } from "./commands.ts";
import type { KeySpace } from "./key-space.ts";
import { scripts } from "./scripts.ts";

export class RedisTallies implements Tallies {
  readonly #commands: Commands;
  readonly #keySpace: KeySpace;

  constructor(commands: Commands, keySpace: KeySpace) {
    this.#commands = commands;
    this.#keySpace = keySpace;
  }

  share(slug: string, node: string, count: number, forMs: number): Promise<number> {
    return this.#commands.run<number>(scripts.share, [this.#keySpace.presenceOf(slug)], [node, count, forMs]);
  }

  async count(key: string, windowMs: number): Promise<WindowCount> {
    const keys = [this.#keySpace.windowOf(key)];
    const [count, endsInMs] = await this.#commands.run<[number, number]>(scripts.count, keys, [windowMs]);
    return { count, endsInMs };
  }
}
