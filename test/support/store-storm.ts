import { writeSync } from "node:fs";
import { v7 as uuidv7 } from "uuid";
import { openSqliteStores } from "../../src/store/sqlite/open.ts";
import type { Stores } from "../../src/store/stores.ts";
import { commitOf, Desk, entryWrite } from "./store-desk.ts";

/** What is acknowledged, a line of JSON on standard output each. */
export type Acknowledgement = { seq: number; ids: string[] };

export const STORM_SLUG = "storm";

/** Publishes as fast as it can until it is killed: one entry, or two that name each other. */
async function publishForever(stores: Stores): Promise<never> {
  for (let two = false; ; two = !two) {
    const ids = two ? [uuidv7(), uuidv7()] : [uuidv7()];
    const writes = ids.map((id, n) => entryWrite(id, `with ${ids[1 - n] ?? "none"}`));
    const result = await stores.timelines.commit(STORM_SLUG, commitOf(writes));
    if (result.outcome !== "done") throw new Error(`A publication ended as ${result.outcome}.`);
    const acknowledgement: Acknowledgement = { seq: result.head.seq, ids };
    writeSync(1, `${JSON.stringify(acknowledgement)}\n`);
  }
}

const [file, inFlight] = process.argv.slice(2);
if (file) {
  const stores = await openSqliteStores({ file, exclusive: true });
  if (!(await stores.timelines.load(STORM_SLUG, 1))) await new Desk(stores, STORM_SLUG).create();
  await Promise.all(Array.from({ length: Number(inFlight) }, () => publishForever(stores)));
}
