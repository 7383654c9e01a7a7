import type { Logger } from "pino";
import { type Config, readConfig } from "./config.ts";
import { createLogger } from "./logger.ts";
import { createService, type Service } from "./service.ts";
import { readVersion } from "./version.ts";

/** A terminal that runs npm sends Ctrl-C to npm and to us, and npm passes its own on: that is one wish, not two. */
const SAME_SIGNAL_MS = 1_000;

const result = readConfig(process.env);
if ("problems" in result) {
  console.error(`Dateline cannot start:\n${result.problems.map((problem) => `  ${problem}`).join("\n")}`);
  process.exit(1);
}
await serve(result.config);

async function serve(config: Config): Promise<void> {
  const logger = createLogger({ ...config, terminal: process.stdout.isTTY });
  try {
    const service = await createService(config, logger, readVersion());
    stopOnSignal(service, logger);
    console.log(`Dateline is listening on ${service.url}`);
    if (service.firstAdminKey) console.log(`Admin key, shown only this once: ${service.firstAdminKey}`);
  } catch (error) {
    console.error(`Dateline cannot start: ${reasonOf(error, config)}`);
    process.exitCode = 1;
  }
}

/** What a person can do about it. */
function reasonOf(error: unknown, { port, host }: Config): string {
  const { code = "" } = error as NodeJS.ErrnoException;
  const next = port === 65_535 ? 3_000 : port + 1;
  const ofListening: Record<string, string> = {
    EADDRINUSE: `port ${port} is in use. Stop what uses it, or choose another: PORT=${next}.`,
    EACCES: `port ${port} on ${host} may not be used by this user. Choose one above 1023: PORT=3000.`,
    EADDRNOTAVAIL: `HOST=${host} is no address of this machine. All of its addresses: HOST=0.0.0.0.`,
    ENOTFOUND: `HOST=${host} is no address of this machine. All of its addresses: HOST=0.0.0.0.`,
  };
  return ofListening[code] ?? (error instanceof Error ? error.message : String(error));
}

function stopOnSignal(service: Service, logger: Logger): void {
  let firstAt: number | null = null;
  const stop = (signal: string) => {
    if (firstAt !== null) {
      if (Date.now() - firstAt > SAME_SIGNAL_MS) process.exit(1);
      return;
    }
    firstAt = Date.now();
    logger.info({ signal }, "draining");
    service.close().then(
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
