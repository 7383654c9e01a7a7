import assert from "node:assert/strict";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { ADMIN_KEY } from "../support/service.ts";
import { AttackedNode, STORY } from "./support/attacked-node.ts";
import { RawConnection } from "./support/raw-connection.ts";
import { upgradeRequest } from "./support/raw-web-socket.ts";

const HOST = "Host: 127.0.0.1\r\n";
const KEY = `Authorization: Bearer ${ADMIN_KEY}\r\n`;
const JSON_TYPE = "Content-Type: application/json\r\n";
/** What a smuggler hopes to have answered as a request of its own. */
const HIDDEN = `GET /health/live HTTP/1.1\r\n${HOST}\r\n`;
const CHUNKED = "Transfer-Encoding: chunked\r\n";

const post = (headers: string, body = "") =>
  `POST /api/v1/stories HTTP/1.1\r\n${HOST}${KEY}${JSON_TYPE}${headers}\r\n${body}`;
const get = (path: string, headers = HOST) => `GET ${path} HTTP/1.1\r\n${headers}\r\n`;

/** Two servers in a row might read these in two ways. */
const AMBIGUOUS: Record<string, string> = {
  "a length and chunks": post(`Content-Length: 4\r\n${CHUNKED}`, `0\r\n\r\n${HIDDEN}`),
  "chunks and a length": post(`${CHUNKED}Content-Length: 4\r\n`, `0\r\n\r\n${HIDDEN}`),
  "two lengths": post(`Content-Length: 0\r\nContent-Length: ${HIDDEN.length}\r\n`, HIDDEN),
  "a length that is a list": post(`Content-Length: 0, ${HIDDEN.length}\r\n`, HIDDEN),
  "a negative length": post("Content-Length: -1\r\n", HIDDEN),
  "a signed length": post("Content-Length: +0\r\n", HIDDEN),
  "a length in hexadecimal": post("Content-Length: 0x10\r\n", HIDDEN),
  "a coding that ends in none": post("Transfer-Encoding: chunked, identity\r\n", `0\r\n\r\n${HIDDEN}`),
  "an unknown coding": post("Transfer-Encoding: xchunked\r\n", `0\r\n\r\n${HIDDEN}`),
  "a space before the colon": post("Transfer-Encoding : chunked\r\n", `0\r\n\r\n${HIDDEN}`),
  "a folded header": post("Transfer-Encoding:\r\n chunked\r\n", `0\r\n\r\n${HIDDEN}`),
  "a header with a NUL": post("A: \0\r\n", HIDDEN),
  "a carriage return alone": post("A: b\rTransfer-Encoding: chunked\r\n", `0\r\n\r\n${HIDDEN}`),
  "a chunk that is larger than any number": post(CHUNKED, `fffffffffffffffff\r\n${HIDDEN}`),
  "a chunk with a long extension": post(CHUNKED, `5;${"a".repeat(20_000)}\r\n`),
  "two hosts": get("/health/live", `${HOST}Host: b\r\n`) + HIDDEN,
  "two hosts, in an offer of WebSockets": upgradeRequest(undefined, "HOST: b\r\n"),
  "line feeds alone": `GET /health/live HTTP/1.1\nHost: x\n\n${HIDDEN}`,
};
const NO_HTTP: Record<string, string> = {
  "a handshake of TLS": "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
  "a preface of HTTP/2": "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
  "bytes above ASCII in the address": get("/stories/\xff"),
  "an address that is none": get("http://[/"),
  "an address of something else": get("ftp://127.0.0.1/"),
  "an unknown method": `STEAL / HTTP/1.1\r\n${HOST}\r\n`,
  "a version to come": `GET / HTTP/9.9\r\n${HOST}\r\n`,
};

test("a request that two servers might read in two ways is refused, and nothing behind it is answered", async (t) => {
  const node = await AttackedNode.open(t);
  for (const [what, bytes] of Object.entries({ ...AMBIGUOUS, ...NO_HTTP })) {
    const answer = await RawConnection.exchange(node.port, Buffer.from(bytes, "latin1"));
    assert.match(answer, /^(|HTTP\/1\.1 4\d\d (?!.*HTTP\/1\.1).*)$/s, what);
  }
  await node.counts("request", Object.keys({ ...AMBIGUOUS, ...NO_HTTP }).length);
  await node.assertUnharmed();
});

test("long addresses, queries and headers are answered or refused, never with a fault of ours", async (t) => {
  const node = await AttackedNode.open(t);
  for (const path of ["/", `/api/v1/stories/${STORY}`, "/socket.io/"]) {
    for (const bytes of [get(`${path}?${"x".repeat(20_000)}`), get(path, `${HOST}A: ${"x".repeat(20_000)}\r\n`)]) {
      assert.match(await RawConnection.exchange(node.port, bytes), /^HTTP\/1\.1 431 /);
    }
    for (const query of [
      "a&".repeat(7_000),
      "limit=1&".repeat(1_500),
      "%ff=%00&__proto__=1&constructor[prototype]=1",
    ]) {
      const answer = await RawConnection.exchange(node.port, get(`${path}?${query}`, `${HOST}Connection: close\r\n`));
      assert.match(answer, /^HTTP\/1\.1 (200|400|422) /);
    }
  }
  await node.counts("headers", 6);
  await node.assertUnharmed();
});

test("requests that come ahead of their answers are not all taken on", async (t) => {
  const node = await AttackedNode.open(t);
  for (const path of [`/api/v1/stories/${STORY}?limit=200`, `/api/v1/stories/${STORY}/stream`, `/stories/${STORY}`]) {
    const connection = await RawConnection.open(node.port);
    connection.stopReading();
    await connection.flood(Buffer.from(get(path).repeat(500)), 10);
    connection.readOn();
    await connection.ended;
  }
  await node.counts("pipeline", 3);
  await node.assertUnharmed();
});

test("a connection is upgraded to nothing but what the service speaks", async (t) => {
  const node = await AttackedNode.open(t);
  const h2c = "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n";
  const refused = [
    ...["/", "/socket.io", "//socket.io/?EIO=4&transport=websocket"].map((path) => upgradeRequest(path)),
    ...["", "?EIO=4", "?EIO=3&transport=websocket", "?EIO=4&transport=__proto__", "?EIO=4&transport=polling"].map(
      (query) => upgradeRequest(`/socket.io/${query}`),
    ),
    ...["__proto__", "constructor", "x"].map((sid) =>
      upgradeRequest(`/socket.io/?EIO=4&transport=websocket&sid=${sid}`),
    ),
    get("/socket.io/?EIO=4&transport=websocket", `${HOST}${h2c}`),
  ];
  for (const bytes of refused) {
    const connection = await RawConnection.open(node.port);
    connection.send(bytes);
    await connection.ended;
    assert.doesNotMatch(connection.received, /"maxPayload"/, bytes);
  }
  await node.counts("handshake", 6);
  await node.assertUnharmed();
});

test("no session is had by scripts, which any page may load, nor guessed to be one", async (t) => {
  const node = await AttackedNode.open(t);
  const polling = `${node.url}/socket.io/?EIO=4&transport=polling`;
  for (const query of ["j=0", "j", "j=%30", "%6a=0", "J=0&j=1"]) {
    const answer = await fetch(`${polling}&${query}`);
    assert.equal(answer.status, 403, query);
    assert.doesNotMatch(await answer.text(), /___eio|sid/);
  }
  const plain = await fetch(polling);
  assert.deepEqual([plain.status, plain.headers.get("x-content-type-options")], [200, "nosniff"]);
  await node.assertUnharmed();
});

test("a body that is packed, or larger than it may be, is refused unread", async (t) => {
  const node = await AttackedNode.open(t);
  const bomb = gzipSync(Buffer.alloc(50 * 1024 * 1024, "[")).toString("latin1");
  for (const coding of ["gzip", "br", "deflate", "gzip, gzip"]) {
    const request = post(
      `Content-Encoding: ${coding}\r\nConnection: close\r\nContent-Length: ${bomb.length}\r\n`,
      bomb,
    );
    assert.match(await RawConnection.exchange(node.port, Buffer.from(request, "latin1")), /^HTTP\/1\.1 415 /, coding);
  }
  for (const path of ["/api/v1/stories", "/", "/socket.io/?EIO=4&transport=polling", "/nowhere"]) {
    const connection = await RawConnection.open(node.port);
    connection.closeWhenServed();
    connection.send(`POST ${path} HTTP/1.1\r\n${HOST}${KEY}${JSON_TYPE}Content-Length: 99999999999\r\n\r\n`);
    await connection.flood(Buffer.alloc(64 * 1024, " "), 100);
    await connection.ended;
  }
  await node.assertUnharmed();
});

const DEEP = 200_000;
const NESTED = [
  "[".repeat(DEEP) + "]".repeat(DEEP),
  `{"markdown":${'{"a":'.repeat(DEEP / 2)}1${"}".repeat(DEEP / 2)}}`,
  `{"markdown":"x","more":${"[".repeat(DEEP)}${"]".repeat(DEEP)}}`,
];

test("a body nested without end, or with half a character in it, is no JSON to us", async (t) => {
  const node = await AttackedNode.open(t);
  for (const body of [...NESTED, '{"markdown":"\\ud800"}']) {
    for (const key of ["", "Idempotency-Key: once\r\n"]) {
      const headers = `${HOST}${KEY}${JSON_TYPE}${key}Connection: close\r\nContent-Length: ${body.length}\r\n`;
      const request = `POST /api/v1/stories/${STORY}/entries HTTP/1.1\r\n${headers}\r\n${body}`;
      const answer = await RawConnection.exchange(node.port, request);
      assert.match(answer, /^HTTP\/1\.1 400 [\s\S]*"code":"malformed_json"/);
    }
  }
  await node.assertUnharmed();
});

const POLLUTED = [
  '{"markdown":"x","__proto__":{"polluted":true}}',
  '{"markdown":"x","constructor":{"prototype":{"polluted":true}}}',
  '{"__proto__":{"markdown":"polluted"}}',
  '{"markdown":"x","attributions":[{"source":"a","__proto__":{"url":"https://polluted.example/"}}]}',
  '{"markdown":"x","authors":{"__proto__":[],"length":1}}',
];

test("names that JavaScript's objects are born with are names like any other", async (t) => {
  const node = await AttackedNode.open(t);
  for (const body of POLLUTED)
    assert.equal((await node.call("POST", `/stories/${STORY}/entries`, body)).status, 422, body);
  const slugs = ["constructor", "prototype", "tostring", "hasownproperty"];
  for (const slug of slugs) {
    const topics = [{ slug, name: "Topic" }];
    const story = { slug, headline: "Headline", timeZone: "UTC", status: "live", topics };
    assert.equal((await node.call("POST", "/stories", story)).status, 201);
    assert.equal((await node.call("POST", `/stories/${slug}/entries`, { markdown: "x" })).status, 201);
    for (const path of [
      `/stories/${slug}`,
      `/topics/${slug}`,
      `/stories/${slug}/feed.json`,
      `/stories/${slug}/feed.atom`,
    ]) {
      assert.equal((await fetch(`${node.url}${path}`)).status, 200, path);
    }
  }
  for (const path of ["/stories/__proto__", "/topics/__proto__", "/assets/__proto__", "/assets/constructor"]) {
    assert.equal((await fetch(`${node.url}${path}`)).status, 404, path);
  }
  const listed = await node.call("GET", "/stories");
  assert.ok(!listed.text.includes("polluted"));
  await node.assertUnharmed();
});
