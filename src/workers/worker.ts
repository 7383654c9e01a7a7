import type { Logger } from "pino";
import type { Config } from "../config.ts";
import { createService, type Service } from "../service.ts";
import { startFailure } from "../start-failure.ts";
import { CrewMember } from "./crew-member.ts";
import { CREW_TOPIC, type ToCrew, type ToPrimary } from "./messages.ts";
import { linkTo } from "./process-link.ts";

export type WorkerOptions = { config: Config; logger: Logger; version: string; number: number };

/** What a worker does from its first to its last moment. */
export async function runWorker({ config, logger, version, number }: WorkerOptions): Promise<void> {
  leaveSignalsToPrimary();
  // Whatever has become of the primary, nobody else has the port, the store, or an eye on this process.
  process.once("disconnect", () => process.exit(1));
  const link = linkTo<ToPrimary, ToCrew>(process, CREW_TOPIC);
  const member = new CrewMember(link, number, config.workers, config.redis === null);
  let service: Service | null = null;
  link.onMessage((message) => {
    if (message.kind === "drain") void stop(service, logger);
    else member.take(message, service);
  });
  try {
    service = await createService(config, logger, version, member);
    member.introduce(service);
  } catch (error) {
    // The primary says so, and ends this process.
    link.post({ kind: "failed", reason: startFailure(error, config) });
  }
}

/** A terminal and a service manager send them to every process of the group; only the primary knows what is meant. */
function leaveSignalsToPrimary(): void {
  process.on("SIGTERM", () => {});
  process.on("SIGINT", () => {});
}

async function stop(service: Service | null, logger: Logger): Promise<void> {
  try {
    await service?.close();
    process.exit(0);
  } catch (error) {
    logger.fatal({ err: error }, "did not stop cleanly");
    process.exit(1);
  }
}
