import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";

/** A network between readers and the service that breaks on command: both sides lose the connection, unannounced. */
export class CuttingProxy {
  readonly url: string;
  cuts = 0;
  readonly #server: Server;
  /** From readers to the service. */
  readonly #pairs: Map<Socket, Socket>;

  private constructor(server: Server, pairs: Map<Socket, Socket>) {
    this.#server = server;
    this.#pairs = pairs;
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  static async start(serviceUrl: string): Promise<CuttingProxy> {
    const pairs = new Map<Socket, Socket>();
    const port = Number(new URL(serviceUrl).port);
    const server = createServer({ noDelay: true }, (reader) => {
      const service = connect({ port, host: "127.0.0.1", noDelay: true });
      pairs.set(reader, service);
      reader.pipe(service).pipe(reader);
      const end = () => {
        pairs.delete(reader);
        reader.destroy();
        service.destroy();
      };
      for (const socket of [reader, service]) socket.on("error", end).on("close", end);
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return new CuttingProxy(server, pairs);
  }

  /** @param chance of each connection to be cut, from `random` in [0, 1). */
  cut(chance: number, random: () => number): void {
    for (const reader of [...this.#pairs.keys()]) {
      if (random() >= chance) continue;
      this.cuts += 1;
      reader.destroy();
    }
  }

  /** The present connections stay open, and nothing passes any more: as for a machine that sleeps. */
  silence(): void {
    for (const [reader, service] of this.#pairs) for (const end of [reader, service]) end.unpipe().resume();
  }

  async close(): Promise<void> {
    this.#server.close();
    for (const reader of this.#pairs.keys()) reader.destroy();
    await once(this.#server, "close");
  }
}
