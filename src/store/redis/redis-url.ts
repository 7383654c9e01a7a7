import type { RedisOptions } from "ioredis";

export type ServerOptions = Omit<RedisOptions, "replyMapping">;

/** Where Redis is: one server, the master that sentinels know, or the nodes of a cluster. */
export type RedisAddress =
  | { kind: "server"; options: ServerOptions; name: string }
  | { kind: "sentinel"; options: ServerOptions; name: string }
  | { kind: "cluster"; nodes: Host[]; options: ServerOptions; name: string };
type Host = { host: string; port: number };

const FORM = /^redis(s?)(?:\+(sentinel|cluster))?:\/\/(?:([^:@/]*)(?::([^@/]*))?@)?([^/?@]+)(?:\/([^?]*))?(?:\?(.*))?$/;
const DATABASE = /^\d{1,4}$/;
const HOST = /^(\[[0-9a-fA-F:]+\]|[\w.-]+)(?::(\d{1,5}))?$/;
const REDIS_PORT = 6379;
const SENTINEL_PORT = 26379;

/**
 * `redis://[user:password@]host[:port][/database]`; several hosts, or `redis+cluster://`, for a cluster;
 * `redis+sentinel://host[:port],…/name[/database][?sentinelPassword=…]`. `rediss` is any of them over TLS.
 *
 * @throws with what is wrong, never with the URL itself, which may hold a password.
 */
export function parseRedisUrl(url: string): RedisAddress {
  const [, secure, form, user = "", password = "", hosts = "", path = "", query = ""] = FORM.exec(url) ?? [];
  if (!hosts) throw new Error("must look like redis://host:6379 (see docs/scaling.md for Sentinel and Cluster)");
  const kind = form ?? (hosts.includes(",") ? "cluster" : "server");
  const nodes = hosts.split(",").map((host) => parseHost(host, kind === "sentinel" ? SENTINEL_PORT : REDIS_PORT));
  const name = nodes.map(({ host, port }) => `${host}:${port}`).join(", ");
  const options: ServerOptions = {
    ...(user && { username: decode(user) }),
    ...(password && { password: decode(password) }),
    ...(secure && { tls: {} }),
  };
  const parts = path.split("/").filter(Boolean);
  if (kind === "cluster") {
    if (parts.length > 0) throw new Error("names a database, which a cluster does not have");
    return { kind: "cluster", nodes, options, name };
  }
  if (kind === "sentinel") {
    const [master, database, ...more] = parts;
    if (!master || more.length > 0) throw new Error("must name the master: redis+sentinel://host:26379/mymaster");
    const sentinel = sentinelOptions(query, secure === "s");
    return {
      kind: "sentinel",
      options: { ...options, ...sentinel, ...databaseOf(database), sentinels: nodes, name: decode(master) },
      name: `master ${master} of the sentinels ${name}`,
    };
  }
  const [node] = nodes;
  const [database, ...more] = parts;
  if (more.length > 0) throw new Error("must end with the number of the database, if any");
  return { kind: "server", options: { ...options, ...node, ...databaseOf(database) }, name };
}

function parseHost(text: string, defaultPort: number): Host {
  const [, host, port = String(defaultPort)] = HOST.exec(text) ?? [];
  if (!host || Number(port) > 65_535) throw new Error(`names no host: "${text}"`);
  return { host: host.replace(/^\[|\]$/g, ""), port: Number(port) };
}

function databaseOf(text: string | undefined): ServerOptions {
  if (text === undefined) return {};
  if (!DATABASE.test(text)) throw new Error("must end with the number of the database, if any");
  return { db: Number(text) };
}

function sentinelOptions(query: string, secure: boolean): ServerOptions {
  const sentinelPassword = new URLSearchParams(query).get("sentinelPassword");
  return {
    ...(sentinelPassword && { sentinelPassword }),
    ...(secure && { enableTLSForSentinelMode: true }),
  };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new Error("has a % that starts no escape; write % as %25");
  }
}
