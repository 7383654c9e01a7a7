import type { Config } from "./config.ts";

/** Why the service cannot start, as a person can do something about it. */
export function startFailure(error: unknown, { port, host }: Config): string {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === "EADDRINUSE") {
    return `port ${port} is in use. Stop what uses it, or choose another: PORT=${port === 65_535 ? 3_000 : port + 1}.`;
  }
  if (code === "EACCES")
    return `port ${port} on ${host} may not be used by this user. Choose one above 1023: PORT=3000.`;
  return error instanceof Error ? error.message : String(error);
}
