import assert from "node:assert/strict";
import type { IncomingMessage } from "node:http";
import { test } from "node:test";
import { clientAddress, type TrustedProxies } from "../../src/http/client-address.ts";

/** @param from the address at the other end of the connection. */
function addressOf(trusted: TrustedProxies, from: string | undefined, forwardedFor?: string): string {
  const headers = forwardedFor === undefined ? {} : { "x-forwarded-for": forwardedFor };
  return clientAddress(trusted)({ socket: { remoteAddress: from }, headers } as unknown as IncomingMessage);
}

test("nobody is believed who is no proxy of ours", () => {
  assert.equal(addressOf(0, "203.0.113.9", "198.51.100.1"), "203.0.113.9");
  assert.equal(addressOf(["10.0.0.0/8"], "203.0.113.9", "198.51.100.1"), "203.0.113.9");
  assert.equal(addressOf(["10.0.0.0/8"], "11.0.0.1", "198.51.100.1"), "11.0.0.1");
});

test("of each trusted proxy the address that it saw is taken, and what a reader wrote itself is not", () => {
  const header = "192.0.2.66, 198.51.100.1, 10.0.0.2";
  assert.equal(addressOf(1, "10.0.0.1", header), "10.0.0.2");
  assert.equal(addressOf(2, "10.0.0.1", header), "198.51.100.1");
  assert.equal(addressOf(["10.0.0.0/8"], "10.0.0.1", header), "198.51.100.1");
  assert.equal(addressOf(["loopback", "10.0.0.2"], "::ffff:127.0.0.1", header), "198.51.100.1");
  assert.equal(addressOf(1, "10.0.0.1"), "10.0.0.1");
});

test("an IPv6 network of 64 bits is one address, and IPv4 within IPv6 is IPv4", () => {
  assert.equal(addressOf(0, "2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::/64");
  assert.equal(addressOf(0, "2001:db8:1:2::1"), "2001:db8:1:2::/64");
  assert.equal(addressOf(0, "2001:db8:1:3::1"), "2001:db8:1:3::/64");
  assert.equal(addressOf(0, "fe80::1%eth0"), "fe80::/64");
  assert.equal(addressOf(0, "::ffff:203.0.113.9"), "203.0.113.9");
  assert.equal(addressOf(0, "::1"), "::1");
});

test("addresses with ports are taken without, and what is no address stands for itself", () => {
  assert.equal(addressOf(1, "10.0.0.1", "198.51.100.1:4711"), "198.51.100.1");
  assert.equal(addressOf(1, "10.0.0.1", "[2001:db8::1]:4711"), "2001:db8::/64");
  assert.equal(addressOf(1, "10.0.0.1", "unknown"), "unknown");
  assert.equal(addressOf(1, "10.0.0.1", "x".repeat(5_000)).length, 100);
  assert.equal(addressOf(0, undefined), "gone");
});
