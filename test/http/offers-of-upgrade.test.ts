import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { BareSocket } from "../support/bare-socket.ts";
import { MetricsText } from "../support/metrics.ts";
import { ADMIN_KEY, TestService } from "../support/service.ts";

let service: TestService;
before(async () => {
  service = await TestService.start();
  await service.createStory();
});
after(() => service.close());

/** As `curl --http2` makes it. */
const H2C = "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n";
const WEBSOCKET =
  "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==\r\n";

/** @returns all that is said until the service ends the connection. */
async function answerTo(requestLine: string, headers: string, body = ""): Promise<string> {
  const connection = await BareSocket.open(service.url, `${requestLine} HTTP/1.1\r\nHost: a\r\n${headers}\r\n${body}`);
  await connection.ends();
  return connection.heard;
}

const hostile = async () => (await MetricsText.read(service.url)).value("dateline_hostile_total");

test("an offer to go on in another protocol is passed over: the request is answered as if it had not been made", async () => {
  for (const offer of [H2C, WEBSOCKET]) {
    for (const path of ["/", "/stories/story", "/api/v1/stories/story", "/health/live"]) {
      assert.match(await answerTo(`GET ${path}`, offer), /^HTTP\/1\.1 200 OK\r\n[\s\S]*\r\n\r\n./, path);
      assert.match(await answerTo(`HEAD ${path}`, offer), /^HTTP\/1\.1 200 OK\r\n[\s\S]*\r\n\r\n$/, path);
    }
    assert.match(await answerTo("GET /socket.io", offer), /^HTTP\/1\.1 404 [\s\S]*"code":"not_found"/);
  }
  assert.match(await answerTo("GET /socket.io/?EIO=4&transport=polling", H2C), /^HTTP\/1\.1 200 [\s\S]*0\{"sid"/);
  assert.equal(await hostile(), 0);
});

test("what comes with such an offer is heard: headers, and a body however it is sent", async () => {
  const headers = `${H2C}Authorization: Bearer ${ADMIN_KEY}\r\nContent-Type: application/json\r\nX-Request-Id: mine\r\n`;
  const body = '{"markdown":"Schön, *aber* spät."}';
  const plain = await answerTo(
    "POST /api/v1/stories/story/entries",
    `${headers}Content-Length: ${Buffer.byteLength(body)}\r\n`,
    body,
  );
  assert.match(plain, /^HTTP\/1\.1 201 [\s\S]*X-Request-Id: mine\r\n/i);
  const chunked = await answerTo(
    "POST /api/v1/stories/story/entries",
    `${headers}Transfer-Encoding: chunked\r\n`,
    `${Buffer.byteLength(body).toString(16)}\r\n${body}\r\n0\r\n\r\n`,
  );
  assert.match(chunked, /^HTTP\/1\.1 201 /);
  assert.equal((await service.snapshot("story")).entries.length, 2);
  assert.equal(await hostile(), 0);
});

test("nothing that comes behind such a request is answered", async () => {
  const heard = await answerTo("GET /health/live", H2C, "GET /health/serving HTTP/1.1\r\nHost: a\r\n\r\n");
  assert.equal(heard.split("HTTP/1.1 ").length, 2, heard);
});

test("an offer that comes while earlier answers are due ends the connection", async () => {
  const before = await hostile();
  for (const path of ["/stories/story", "/socket.io/?EIO=4&transport=websocket"]) {
    const ahead = "GET /api/v1/stories/story/stream HTTP/1.1\r\nHost: a\r\n\r\n";
    const connection = await BareSocket.open(service.url, ahead);
    await connection.hears("event: snapshot");
    connection.socket.write(`GET ${path} HTTP/1.1\r\nHost: a\r\n${WEBSOCKET}\r\n`);
    await connection.ends();
    assert.ok(!connection.heard.includes("101 Switching"), path);
  }
  assert.equal((await hostile()) - before, 2);
});
