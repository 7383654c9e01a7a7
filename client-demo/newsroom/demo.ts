import { randomBytes } from "node:crypto";
import { fileURLToPath } from "node:url";
import { type PartnerSiteOptions, startPartnerSite } from "../partner/partner-site.ts";
import { sideStory } from "../partner/side-story.ts";
import { farewell, narrate, welcome } from "./narration.ts";
import { createNewsroom } from "./newsroom.ts";
import { playSampleStory } from "./play.ts";
import { sampleStory } from "./sample-story.ts";
import { type ServiceProcess, startService } from "./service-process.ts";

const HELP = `Usage: npm run demo

Starts Dateline on its embedded store and plays a sample story in it, about a minute long. On another port, a partner's
site embeds it.
The service goes on running afterwards, until Ctrl-C.

Environment:
  DEMO_PACE      multiplies the pauses between the steps; 0 plays at once (default 1)
  PARTNER_PORT   where the partner's site is (default: the service's port + 1)
  ADMIN_KEY      the editor's key (default: a new one for every start)
  PORT, HOST, DATA_DIR, LOG_LEVEL and the service's other settings; REDIS_URL is not used
`;

process.exitCode = await run(process.argv.slice(2), process.env);

async function run(args: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
  if (args.length === 1 && (args[0] === "--help" || args[0] === "-h")) {
    console.log(HELP);
    return 0;
  }
  const pace = Number(env.DEMO_PACE || 1);
  if (args.length > 0 || !Number.isFinite(pace) || pace < 0) {
    const problem = args.length > 0 ? `The demo takes no arguments: ${args.join(" ")}` : "DEMO_PACE must be 0 or more.";
    console.error(`${problem}\n\n${HELP}`);
    return 2;
  }

  const { REDIS_URL: _, ...inherited } = env;
  const key = env.ADMIN_KEY || `dl_${randomBytes(32).toString("base64url")}`;
  const service = startService({
    mainPath: fileURLToPath(new URL("../../src/main.js", import.meta.url)),
    // Whoever tries it out does not want to wait for the one page that is open.
    env: { ...inherited, ADMIN_KEY: key, LOG_LEVEL: env.LOG_LEVEL || "warn", DRAIN_SECONDS: env.DRAIN_SECONDS || "2" },
    onLine: (line) => console.log(line),
  });
  const signal = abortedWhenStopping(service);

  const baseUrl = await service.address;
  const partnerPort = Number(env.PARTNER_PORT || 0);
  const played = baseUrl === null || (await play({ baseUrl, key, pace, partnerPort, signal }));
  if (!played) service.stop("SIGTERM");
  const exitCode = await service.ended;
  return played ? exitCode : exitCode || 1;
}

function abortedWhenStopping(service: ServiceProcess): AbortSignal {
  const stopping = new AbortController();
  const stop = (signal: NodeJS.Signals) => {
    if (!stopping.signal.aborted) console.log("\n  Stopping. The service says goodbye to its readers first.");
    stopping.abort();
    service.stop(signal);
  };
  process.on("SIGINT", stop);
  process.on("SIGTERM", stop);
  // A closed terminal. Servers take SIGHUP for anything from "reload" to "die"; SIGTERM is plain.
  process.on("SIGHUP", () => stop("SIGTERM"));
  void service.ended.then(() => stopping.abort());
  return stopping.signal;
}

type Stage = { baseUrl: string; key: string; pace: number; partnerPort: number; signal: AbortSignal };

/** False if there is no story to look at. One that stops halfway is still worth a running service. */
async function play({ baseUrl, key, pace, partnerPort, signal }: Stage): Promise<boolean> {
  const durationMs = sampleStory.steps.reduce((sum, step) => sum + step.waitMs, 0) * pace;
  const client = createNewsroom({ baseUrl, key });
  let created = false;
  try {
    // Only then does the partner know both of its stories.
    const { slug: side } = await playSampleStory({ client, pace: 0, signal, script: sideStory, onStep() {} });
    const { slug } = await playSampleStory({
      client,
      pace,
      signal,
      onStep(played) {
        if (played.kind === "create") {
          created = true;
          const { slug: main } = played.story;
          console.log(welcome({ baseUrl, key, slug: main, durationMs }));
          void showPartner({
            service: baseUrl,
            stories: [main, side],
            port: partnerPort || portAfter(baseUrl),
            signal,
          });
        } else {
          console.log(narrate(played, sampleStory));
        }
      },
    });
    console.log(farewell({ baseUrl, key, slug }));
  } catch (error) {
    if (signal.aborted) return true;
    console.error(`\n  The sample story stops here. ${error instanceof Error ? error.message : String(error)}`);
    if (created) console.error("\n  The service goes on running. Press Ctrl-C to stop it.");
  }
  return created;
}

/** A demo without its partner is still a demo. */
async function showPartner(site: PartnerSiteOptions): Promise<void> {
  try {
    console.log(`  A partner's site that embeds it: ${await startPartnerSite(site)}\n`);
  } catch (error) {
    console.error(
      `  The partner's site could not be started. ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}

function portAfter(baseUrl: string): number {
  return Number(new URL(baseUrl).port || 80) + 1;
}
