import { type DestinationStream, type Logger, pino } from "pino";
import pretty, { type PrettyOptions } from "pino-pretty";
import type { Config } from "./config.ts";

type LoggerOptions = Pick<Config, "logLevel" | "production" | "adminKey" | "redis"> & {
  /** Whether a person looks on. */
  terminal: boolean;
  destination?: DestinationStream;
};

/** Keys that the service makes, wherever somebody has put one: into an address, a slug, a message. */
const MADE_KEY = /dl_[\w-]{16,}/g;
const REDACTED = "[redacted]";
/** What is shorter is no secret, and would be found in innocent words. */
const SECRET_MIN_CHARS = 6;

/** Lines of JSON, except for a person at a terminal. No line carries a key or a password, whatever was logged. */
export function createLogger(options: LoggerOptions): Logger {
  // Unlike process.stdout, this outlives whoever read the lines.
  const { logLevel: level, production, terminal, destination = pino.destination(1) } = options;
  const secrets = secretsOf(options).map((secret) => JSON.stringify(secret).slice(1, -1));
  const redact = (line: string) =>
    secrets.reduce((text, secret) => text.replaceAll(secret, REDACTED), line.replaceAll(MADE_KEY, REDACTED));
  const settings = { level, hooks: { streamWrite: redact } };
  if (production || !terminal) return pino(settings, destination);
  return pino(settings, pretty({ ...READABLE, destination }));
}

/** One line each; of a request first what it was. */
const READABLE: PrettyOptions = {
  colorize: true,
  singleLine: true,
  translateTime: "SYS:HH:MM:ss.l",
  ignore: "pid,hostname,method,path,status,ms",
  messageFormat({ msg, method, path, status, ms }) {
    return method === undefined ? String(msg) : `${msg}: ${method} ${path} ${status} in ${ms} ms`;
  },
};

/** As they may stand in a message: passwords of addresses as they were written, and as they were meant. */
function secretsOf({ adminKey, redis }: LoggerOptions): string[] {
  const [, credentials = ""] = /^\w[\w+]*:\/\/(?:[^:@/]*:)?([^@/]*)@/.exec(redis?.url ?? "") ?? [];
  const inQuery = [...(redis?.url ?? "").matchAll(/[?&]\w*password=([^&]*)/gi)].map(([, value = ""]) => value);
  const written = [credentials, ...inQuery];
  return [adminKey ?? "", ...written, ...written.map(decoded)].filter(({ length }) => length >= SECRET_MIN_CHARS);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
