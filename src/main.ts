import type { Logger } from "pino";
import { type Config, readConfig } from "./config.ts";
import { createLogger } from "./logger.ts";
import { createService, type Service } from "./service.ts";
import { startFailure } from "./start-failure.ts";
import { readVersion } from "./version.ts";

/** A terminal that runs npm sends Ctrl-C to npm and to us, and npm passes its own on: that is one wish, not two. */
const SAME_SIGNAL_MS = 1_000;

const result = readConfig(process.env);
if ("problems" in result) {
  console.error(`Dateline cannot start:\n${result.problems.map((problem) => `  ${problem}`).join("\n")}`);
  process.exit(1);
}
const { DATELINE_WORKER: worker } = process.env;
await (worker === undefined ? serve(result.config) : serveAsWorker(result.config, Number(worker)));

/** What stands for the whole node, be it this process alone or the workers that it has started. */
type Node = Pick<Service, "url" | "firstAdminKey" | "close">;

async function serve(config: Config): Promise<void> {
  const logger = createLogger({ ...config, terminal: process.stdout.isTTY });
  try {
    const node = await (config.workers === 1
      ? createService(config, logger, readVersion())
      : startCrew(config, logger));
    stopOnSignal(node, logger);
    console.log(`Dateline is listening on ${node.url}`);
    if (node.firstAdminKey) console.log(`Admin key, shown only this once: ${node.firstAdminKey}`);
  } catch (error) {
    console.error(`Dateline cannot start: ${startFailure(error, config)}`);
    process.exitCode = 1;
  }
}

async function startCrew(config: Config, logger: Logger): Promise<Node> {
  const { Crew } = await import("./workers/crew.ts");
  const onGivenUp = () => {
    logger.fatal("workers die as soon as they are started, and none is left");
    process.exit(1);
  };
  return Crew.start({ config, logger, environment: process.env, onGivenUp });
}

async function serveAsWorker(config: Config, number: number): Promise<void> {
  const { runWorker } = await import("./workers/worker.ts");
  const logger = createLogger({ ...config, terminal: process.stdout.isTTY }).child({ worker: number });
  await runWorker({ config, logger, version: readVersion(), number });
}

function stopOnSignal(node: Node, logger: Logger): void {
  let firstAt: number | null = null;
  const stop = (signal: string) => {
    if (firstAt !== null) {
      if (Date.now() - firstAt > SAME_SIGNAL_MS) process.exit(1);
      return;
    }
    firstAt = Date.now();
    logger.info({ signal }, "draining");
    node.close().then(
      () => process.exit(0),
      (error) => {
        logger.fatal({ err: error }, "did not stop cleanly");
        process.exit(1);
      },
    );
  };
  process.on("SIGTERM", stop);
  process.on("SIGINT", stop);
}
