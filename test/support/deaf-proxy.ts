import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";

type Connection = { client: Socket; redis: Socket; subscribes: boolean; deaf: boolean };

/** Between a node and Redis. Can swallow what Redis sends to the subscribers that are connected, and keeps them open. */
export class DeafProxy {
  readonly port: number;
  readonly #server: Server;
  readonly #connections: Set<Connection>;

  private constructor(server: Server, connections: Set<Connection>) {
    this.#server = server;
    this.#connections = connections;
    this.port = (server.address() as AddressInfo).port;
  }

  static async start(redisPort: number): Promise<DeafProxy> {
    const connections = new Set<Connection>();
    const server = createServer({ noDelay: true }, (client) => {
      const redis = connect({ port: redisPort, host: "127.0.0.1", noDelay: true });
      const connection: Connection = { client, redis, subscribes: false, deaf: false };
      connections.add(connection);
      client.on("data", (chunk) => {
        connection.subscribes ||= /ssubscribe/i.test(String(chunk));
        redis.write(chunk);
      });
      redis.on("data", (chunk) => connection.deaf || client.write(chunk));
      const end = () => {
        connections.delete(connection);
        client.destroy();
        redis.destroy();
      };
      for (const socket of [client, redis]) socket.on("error", end).on("close", end);
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return new DeafProxy(server, connections);
  }

  /** From now on the present subscribers hear nothing. @returns how many there are. */
  deafen(): number {
    const subscribers = [...this.#connections].filter(({ subscribes }) => subscribes);
    for (const connection of subscribers) connection.deaf = true;
    return subscribers.length;
  }

  async close(): Promise<void> {
    this.#server.close();
    for (const { client, redis } of this.#connections) {
      client.destroy();
      redis.destroy();
    }
    await once(this.#server, "close");
  }
}
