import { openSqliteHub } from "../../src/store/sqlite/open.ts";
import type { SqliteOptions } from "../../src/store/sqlite/start-thread.ts";
import { linkTo } from "../../src/workers/process-link.ts";

/** The process that has the file, for `store-shared.ts`: those who share it come over one channel, by two topics. */
const hub = await openSqliteHub(JSON.parse(process.argv[2] ?? "{}") as SqliteOptions);
hub.join(linkTo(process, "one"));
hub.join(linkTo(process, "other"));
process.once("disconnect", () => void hub.close());
process.send?.("opened");
