import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";

/** In front of several nodes: each connection goes to the next one in turn that accepts it. */
export class Balancer {
  readonly url: string;
  /** Ports of the nodes. */
  readonly targets: number[] = [];
  readonly #server: Server;
  readonly #clients = new Set<Socket>();
  #turn = 0;

  private constructor(server: Server) {
    this.#server = server;
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    server.on("connection", (client) => this.#serve(client));
  }

  static async start(): Promise<Balancer> {
    const server = createServer({ noDelay: true });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return new Balancer(server);
  }

  cutAll(): void {
    for (const client of [...this.#clients]) client.destroy();
  }

  async close(): Promise<void> {
    this.#server.close();
    this.cutAll();
    await once(this.#server, "close");
  }

  #serve(client: Socket): void {
    this.#clients.add(client);
    client.on("error", () => client.destroy()).on("close", () => this.#clients.delete(client));
    this.#turn += 1;
    this.#forward(client, this.#turn, this.targets.length);
  }

  #forward(client: Socket, turn: number, attempts: number): void {
    const port = this.targets[turn % Math.max(1, this.targets.length)];
    if (port === undefined || attempts === 0) return void client.destroy();
    const node = connect({ port, host: "127.0.0.1", noDelay: true });
    node.once("error", () => this.#forward(client, turn + 1, attempts - 1));
    node.once("connect", () => {
      client.pipe(node).pipe(client);
      const end = () => {
        client.destroy();
        node.destroy();
      };
      node.removeAllListeners("error");
      for (const socket of [client, node]) socket.on("error", end).on("close", end);
    });
  }
}
