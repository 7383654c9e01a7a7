import { announcementContract } from "./announcements.ts";
import { archiveContract } from "./archives.ts";
import { catalogueContract } from "./catalogue.ts";
import { clockContract } from "./clock.ts";
import { closingContract } from "./closing.ts";
import { commitContract } from "./commits.ts";
import { erasureContract } from "./erasure.ts";
import type { OpenEngine } from "./harness.ts";
import { keyStoreContract } from "./key-store.ts";
import { readContract } from "./reads.ts";
import { repeatContract } from "./repeats.ts";
import { resumingContract } from "./resuming.ts";
import { talliesContract } from "./tallies.ts";

/** What every engine has to guarantee behind the ports; those whose data outlives them, `durabilityContract` too. */
export function storeContract(open: OpenEngine): void {
  commitContract(open);
  clockContract(open);
  readContract(open);
  resumingContract(open);
  repeatContract(open);
  erasureContract(open);
  announcementContract(open);
  catalogueContract(open);
  keyStoreContract(open);
  talliesContract(open);
  archiveContract(open);
  closingContract(open);
}
