import { once } from "node:events";
import { createServer } from "node:net";

/**
 * Below the range from which Linux takes the ports of outgoing connections (32768). A server that is killed and started
 * again must find its port free; and a client that tries again and again to reach a port of that range while nobody
 * listens there is sooner or later given this very port, and connects to itself.
 */
const LOWEST = 10_000;
const HIGHEST = 32_000;

/** @returns a port of the loopback where nobody listens. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = LOWEST + Math.floor(Math.random() * (HIGHEST - LOWEST));
    if (await isFree(port)) return port;
  }
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  try {
    server.listen(port, "127.0.0.1");
    await once(server, "listening");
  } catch {
    return false;
  }
  server.close();
  await once(server, "close");
  return true;
}
