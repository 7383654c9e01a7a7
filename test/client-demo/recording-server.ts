import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";

export type RecordedRequest = {
  method: string;
  path: string;
  headers: IncomingMessage["headers"];
  body: unknown;
};
export type Reply =
  | { status: number; headers?: Record<string, string>; body: unknown }
  | "hang up" // the connection is closed without an answer
  | "keep waiting"; // no answer ever comes

/** A server that keeps what it is asked, while the test decides what it answers. */
export async function startRecordingServer(answer: (request: RecordedRequest, index: number) => Reply) {
  const requests: RecordedRequest[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const text = Buffer.concat(chunks).toString();
    const recorded: RecordedRequest = {
      method: request.method ?? "",
      path: request.url ?? "",
      headers: request.headers,
      body: text === "" ? null : JSON.parse(text),
    };
    const reply = answer(recorded, requests.push(recorded) - 1);
    if (reply === "keep waiting") return;
    if (reply === "hang up") {
      request.socket.destroy();
      return;
    }
    response.writeHead(reply.status, { "Content-Type": "application/json", ...reply.headers });
    response.end(JSON.stringify(reply.body));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

export function problem(status: number, code: string, more: Record<string, unknown> = {}): Reply & object {
  return {
    status,
    headers: { "Content-Type": "application/problem+json" },
    body: { type: "about:blank", title: "Refused", status, detail: "For a reason", code, ...more },
  };
}

/** Answers every call as the service does when nothing goes wrong: entries are numbered, revisions counted. */
export function agreeableService(): (request: RecordedRequest) => Reply {
  const revisions = new Map<string, number>();
  return ({ method, path, body }) => {
    const slug = path.split("/")[4] ?? (body as { slug: string }).slug;
    const story = { slug, status: "live", url: `http://localhost/stories/${slug}` };
    if (!path.includes("/entries")) {
      return { status: method === "POST" ? 201 : 200, body: { story, seq: 1, position: "e.1.t" } };
    }
    const id = method === "POST" ? `entry-${revisions.size + 1}` : (path.split("/")[6] ?? "");
    if (method === "DELETE") return { status: 200, body: { tombstone: { id }, seq: 1, position: "e.1.t" } };
    const revision = (revisions.get(id) ?? 0) + 1;
    revisions.set(id, revision);
    const entry = { id, revision, url: `${story.url}?entry=${id}` };
    return { status: method === "POST" ? 201 : 200, body: { entry, seq: 1, position: "e.1.t" } };
  };
}
