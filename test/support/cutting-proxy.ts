import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";

/** A network between readers and the service that breaks on command: both sides lose the connection, unannounced. */
export class CuttingProxy {
  readonly url: string;
  cuts = 0;
  readonly #server: Server;
  readonly #readers: Set<Socket>;

  private constructor(server: Server, readers: Set<Socket>) {
    this.#server = server;
    this.#readers = readers;
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  static async start(serviceUrl: string): Promise<CuttingProxy> {
    const readers = new Set<Socket>();
    const port = Number(new URL(serviceUrl).port);
    const server = createServer({ noDelay: true }, (reader) => {
      const service = connect({ port, host: "127.0.0.1", noDelay: true });
      readers.add(reader);
      reader.pipe(service).pipe(reader);
      const end = () => {
        readers.delete(reader);
        reader.destroy();
        service.destroy();
      };
      for (const socket of [reader, service]) socket.on("error", end).on("close", end);
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return new CuttingProxy(server, readers);
  }

  /** @param chance of each connection to be cut, from `random` in [0, 1). */
  cut(chance: number, random: () => number): void {
    for (const reader of [...this.#readers]) {
      if (random() >= chance) continue;
      this.cuts += 1;
      reader.destroy();
    }
  }

  async close(): Promise<void> {
    this.#server.close();
    for (const reader of this.#readers) reader.destroy();
    await once(this.#server, "close");
  }
}
