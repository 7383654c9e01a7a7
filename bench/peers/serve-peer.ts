import { createServer, type IncomingMessage, type Server } from "node:http";

const PUBLISH = /^\/stories\/([a-z0-9-]+)$/;

/** The HTTP side that all peers share: `POST /stories/:story` takes one update and hands it to `push`. */
export function servePeer(push: (story: string, update: string) => void): Server {
  const server = createServer((request, response) => {
    const [, story] = PUBLISH.exec(request.url ?? "") ?? [];
    // Whatever else is asked for is left to other listeners, such as the one of streams.
    if (request.method !== "POST" || story === undefined) return;
    bodyOf(request).then(
      (update) => {
        push(story, update);
        response.writeHead(201).end();
      },
      () => response.destroy(),
    );
  });
  server.keepAliveTimeout = 60_000;
  server.listen({ port: Number(process.env.PORT), host: "127.0.0.1", backlog: 4_096 }, () =>
    console.log("is listening on"),
  );
  return server;
}

/** The sets of a map that makes them as they are asked for. */
export function roomOf<T>(rooms: Map<string, Set<T>>, story: string): Set<T> {
  const room = rooms.get(story) ?? new Set();
  rooms.set(story, room);
  return room;
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  request.setEncoding("utf8");
  let body = "";
  for await (const chunk of request) body += chunk;
  return body;
}
