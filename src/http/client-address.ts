import type { IncomingMessage } from "node:http";
import ipaddr from "ipaddr.js";
import proxyAddr from "proxy-addr";

/** The proxies in front: how many, or which addresses and subnets. 0: none, and nobody is believed. */
export type TrustedProxies = number | string[];

/** Of a network that one reader has for itself. */
const IPV6_NETWORK_BITS = 64;
const ADDRESS_MAX_CHARS = 100;

/**
 * Tells whose request it is, for limits: the address of the nearest hop that is not one of our own proxies. A reader
 * may have any number of IPv6 addresses in its network, which therefore count as one.
 */
export function clientAddress(trusted: TrustedProxies): (request: IncomingMessage) => string {
  const trust =
    typeof trusted === "number" ? (_address: string, hop: number) => hop < trusted : proxyAddr.compile(trusted);
  return (request) => networkOf(proxyAddr(request, trust));
}

/** @param text undefined once the connection is gone. */
function networkOf(text: string | undefined): string {
  if (text === undefined) return "gone";
  // Some proxies write the port, too.
  const bare = text.replace(/^\[(.*)\](?::\d+)?$/, "$1").replace(/^([\d.]+):\d+$/, "$1");
  if (!ipaddr.isValid(bare)) return text.slice(0, ADDRESS_MAX_CHARS);
  const address = ipaddr.process(bare);
  if (address instanceof ipaddr.IPv4 || address.range() === "loopback") return address.toString();
  const network = new ipaddr.IPv6([...address.parts.slice(0, IPV6_NETWORK_BITS / 16), 0, 0, 0, 0]);
  return `${network}/${IPV6_NETWORK_BITS}`;
}
