import assert from "node:assert/strict";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import { connect as connectHttp2 } from "node:http2";
import { type RequestOptions, request } from "node:https";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { io } from "socket.io-client";
import { freePort } from "../support/free-port.ts";
import { deployedConfiguration, HaproxyProcess } from "../support/haproxy-process.ts";
import { selfSigned } from "../support/self-signed.ts";
import { TestService } from "../support/service.ts";
import { temporaryDirectory } from "../support/store-sqlite.ts";

/** Stands for a node, to see what the balancer makes of requests. Has nothing but the files of its version. */
class Node {
  readonly asked: string[] = [];
  headers: IncomingHttpHeaders = {};
  readonly #server: Server;

  private constructor(files: readonly string[]) {
    this.#server = createServer(({ method, url = "", headers }, response) => {
      if (url === "/health/serving") return void response.end();
      this.asked.push(`${method} ${url}`);
      this.headers = headers;
      response.writeHead(files.includes(url) ? 200 : 404).end();
    });
  }

  static async start(t: TestContext, files: readonly string[] = []): Promise<Node> {
    const node = new Node(files);
    node.#server.listen(0, "127.0.0.1");
    await once(node.#server, "listening");
    t.after(() => {
      node.#server.close();
      node.#server.closeAllConnections();
    });
    return node;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }
}

async function balance(
  t: TestContext,
  nodes: readonly [number, number],
  environment: Record<string, string> = {},
): Promise<{ url: string; secureUrl: string }> {
  const [port, tlsPort] = [await freePort(), await freePort()];
  const url = `http://127.0.0.1:${port}`;
  const balancer = await HaproxyProcess.start(deployedConfiguration({ port, tlsPort, nodes }), url, environment);
  t.after(() => balancer.stop());
  return { url, secureUrl: `https://127.0.0.1:${tlsPort}` };
}

async function statusOf(address: string, method = "GET"): Promise<number> {
  return (await fetch(address, { method, redirect: "manual" })).status;
}

test("a file that only nodes of the new version have is found, whichever node is asked first", async (t) => {
  const files = ["/assets/page-new.js", "/embed/v1/view-new.js", "/embed/v1/live-story.js"];
  const [old, renewed] = [await Node.start(t), await Node.start(t, files)];
  const { url } = await balance(t, [old.port, renewed.port]);
  // Also by those who are sent to the old one.
  while (!files.every((file) => old.asked.includes(`GET ${file}`))) {
    for (const file of files) assert.equal(await statusOf(`${url}${file}`), 200, file);
  }
});

test("what no node has is asked of few, and what is no file of one", async (t) => {
  const nodes = [await Node.start(t), await Node.start(t)] as const;
  const { url } = await balance(t, [nodes[0].port, nodes[1].port]);
  const askedFor = async (path: string, method?: string) => {
    for (const { asked } of nodes) asked.length = 0;
    assert.equal(await statusOf(`${url}${path}`, method), 404, path);
    return nodes.flatMap(({ asked }) => asked).length;
  };
  assert.equal(await askedFor("/assets/nowhere.js"), 3);
  for (const path of ["/stories/nowhere", "/embed/nowhere", "/api/v1/stories/nowhere"]) {
    assert.equal(await askedFor(path), 1, path);
  }
  assert.equal(await askedFor("/assets/nowhere.js", "POST"), 1);
});

/** What requests claim, and whose they are to the nodes: without PROXIES, behind one of them, behind two. */
const CLAIMS: [claimed: string | null, plain: string, behindOne: string, behindTwo: string][] = [
  [null, "127.0.0.1", "127.0.0.1", "127.0.0.1"],
  ["198.51.100.7", "127.0.0.1", "198.51.100.7", "198.51.100.7"],
  ["2001:db8::7", "127.0.0.1", "2001:db8::7", "2001:db8::7"],
  ["203.0.113.9, 198.51.100.7", "127.0.0.1", "198.51.100.7", "198.51.100.7"],
  ["203.0.113.9, 198.51.100.7, 10.0.0.3", "127.0.0.1", "10.0.0.3", "198.51.100.7"],
  ["no address", "127.0.0.1", "127.0.0.1", "127.0.0.1"],
];

test("a reader is known by its own address, also behind other proxies, and by nothing that it claims", async (t) => {
  const node = await Node.start(t);
  const nodes = [node.port, node.port] as const;
  const balancers = [
    await balance(t, nodes),
    await balance(t, nodes, { PROXIES: "127.0.0.1" }),
    await balance(t, nodes, { PROXIES: "127.0.0.1 10.0.0.0/8" }),
  ];
  for (const [claimed, ...expected] of CLAIMS) {
    for (const [index, { url }] of balancers.entries()) {
      await fetch(url, { headers: claimed === null ? {} : { "X-Forwarded-For": claimed } });
      assert.equal(node.headers["x-forwarded-for"], expected[index], `${claimed} at ${index}`);
    }
  }
});

test("with a certificate the balancer speaks TLS, for pages by HTTP/2 and for sockets, and sends others there", async (t) => {
  const directory = await temporaryDirectory(t);
  const { key, certificate } = selfSigned(directory);
  const both = join(directory, "both.pem");
  const ca = readFileSync(certificate);
  writeFileSync(both, [ca, readFileSync(key)].join("\n"));
  const service = await TestService.start({ publicUrl: "https://live.example.com" });
  t.after(() => service.close());
  await service.createStory();
  const port = Number(new URL(service.url).port);
  const PUBLIC_URL = "https://live.example.com";
  const { url, secureUrl } = await balance(t, [port, port], { TLS_CERTIFICATE: both, PUBLIC_URL });

  assert.equal(await statusByHttp2(secureUrl, "/stories/story", ca), 200);
  assert.equal(await statusByHttps(secureUrl, "/stories/story", { ca }), 200);
  const socket = io(secureUrl, { transports: ["websocket"], ca, forceNew: true } as object);
  const reply = await socket.emitWithAck("join", { story: "story" });
  assert.equal(reply.ok, true);
  socket.close();

  const plain = await fetch(`${url}/stories/story?limit=5`, { redirect: "manual" });
  const location = plain.headers.get("location");
  assert.deepEqual([plain.status, location], [308, `${PUBLIC_URL}/stories/story?limit=5`]);
  assert.equal(await statusOf(`${url}/health/serving`), 200);
});

async function statusByHttp2(origin: string, path: string, ca: Buffer): Promise<number | undefined> {
  const session = connectHttp2(origin, { ca });
  const stream = session.request({ ":path": path });
  const [headers] = (await once(stream, "response")) as [{ ":status"?: number }];
  session.destroy();
  return headers[":status"];
}

async function statusByHttps(origin: string, path: string, options: RequestOptions): Promise<number | undefined> {
  const asking = request(`${origin}${path}`, options).end();
  const [response] = (await once(asking, "response")) as [{ statusCode?: number; resume(): void }];
  response.resume();
  return response.statusCode;
}
