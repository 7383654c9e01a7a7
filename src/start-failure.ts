import type { Config } from "./config.ts";

/** Why the service cannot start, as a person can do something about it. */
export function startFailure(error: unknown, { port, host }: Config): string {
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
