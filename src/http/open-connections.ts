import type { Server } from "node:http";
import type { Socket } from "node:net";

/** Node's own `closeAllConnections` leaves upgraded ones, such as WebSockets, alone. */
export type OpenConnections = {
  cut(): void;
  /** Resolves when none is left. */
  gone(): Promise<void>;
};

export function trackConnections(server: Server): OpenConnections {
  const open = new Set<Socket>();
  let onGone = () => {};
  server.on("connection", (connection) => {
    open.add(connection);
    connection.once("close", () => {
      open.delete(connection);
      if (open.size === 0) onGone();
    });
  });
  return {
    cut() {
      for (const connection of open) connection.destroy();
    },
    async gone() {
      while (open.size > 0) {
        await new Promise<void>((resolve) => {
          onGone = resolve;
        });
      }
    },
  };
}
