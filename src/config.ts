import { availableParallelism } from "node:os";
import proxyAddr from "proxy-addr";
import { z } from "zod";
import type { TrustedProxies } from "./http/client-address.ts";
import type { AddressLimit } from "./protocol/address-limit.ts";
import { FANOUT_ENGINES, type FanoutEngine } from "./realtime/fanout.ts";
import type { StoreSettings } from "./store/open-stores.ts";
import { parseRedisUrl } from "./store/redis/redis-url.ts";

/** Everything an operator may set. Names, defaults and meaning: README, "Settings". */
export type Config = StoreSettings & {
  port: number;
  host: string;
  /** Origin under which readers reach the service; null: where it listens. */
  publicUrl: string | null;
  adminKey: string | null;
  production: boolean;
  publisher: { name: string; logoUrl: string | null };
  logLevel: string;
  /** Origins whose pages may open a socket; empty: any. */
  allowedOrigins: string[];
  drainMs: number;
  /** Processes that serve readers; 1: this one alone. */
  workers: number;
  fanout: FanoutEngine;
  trustedProxies: TrustedProxies;
  limits: Limits;
};

/** Infinity: no limit. */
export type Limits = {
  /** Of each key, over all nodes. */
  publishesPerMinute: number;
  /** Of each worker of this node. */
  readsPerMinute: AddressLimit;
  /** Of this node, all its workers together. */
  connections: number;
  /** Of each worker of this node. */
  connectionsPerAddress: AddressLimit;
};

type Environment = Readonly<Record<string, string | undefined>>;

/** A whole number in text, with nothing left to guess. */
const whole = (from: number, to: number, fallback: number) =>
  z
    .string()
    .regex(/^\d{1,9}$/, `must be a whole number from ${from} to ${to}`)
    .transform(Number)
    .pipe(z.number().min(from, `must be at least ${from}`).max(to, `must be at most ${to}`))
    .default(fallback);

const origin = z
  .string()
  .refine((text) => URL.canParse(text) && /^https?:$/.test(new URL(text).protocol), "must be an http or https URL")
  .refine((text) => !URL.canParse(text) || /^\/?$/.test(new URL(text).pathname), "must have no path")
  .transform((text) => new URL(text).origin);

/** What is wrong is said without the URL, which may hold a password. */
const redisUrl = z.string().superRefine((text, context) => {
  try {
    parseRedisUrl(text);
  } catch (error) {
    context.addIssue({ code: "custom", message: error instanceof Error ? error.message : String(error) });
  }
});

/** A bound; 0 is none. */
const bound = whole(0, 999_999_999, 0).transform((most) => most || Number.POSITIVE_INFINITY);

/** A bound for each address, which holds for this machine itself only if it was set. */
const addressBound = (fallback: number) =>
  bound
    .transform((most): AddressLimit => ({ each: most, thisMachine: most }))
    .default({ each: fallback, thisMachine: Number.POSITIVE_INFINITY });

const HOPS = /^\d{1,2}$/;

/** As Express knows it, without its "true": to believe everybody is to let everybody choose their address. */
const trustedProxies = z
  .string()
  .transform((text): TrustedProxies => (HOPS.test(text) ? Number(text) : text.split(/[\s,]+/).filter(Boolean)))
  .refine(
    isTrust,
    "must be a number of proxies, or their addresses and subnets, separated by commas, such as 1, or loopback, 10.0.0.0/8",
  );

function isTrust(trusted: TrustedProxies): boolean {
  if (typeof trusted === "number") return true;
  try {
    proxyAddr.compile(trusted);
    return true;
  } catch {
    return false;
  }
}

const LOG_LEVELS = ["trace", "debug", "info", "warn", "error", "fatal", "silent"] as const;
const WORKERS_MAX = 64;
const WORKERS_WRONG = `must be a whole number from 1 to ${WORKERS_MAX}, or auto`;

/** `auto`: one for each core that this process may use. */
const workers = z
  .string()
  .regex(/^(auto|\d{1,2})$/, WORKERS_WRONG)
  .transform((text) => (text === "auto" ? Math.min(availableParallelism(), WORKERS_MAX) : Number(text)))
  .pipe(z.number().min(1, WORKERS_WRONG).max(WORKERS_MAX, WORKERS_WRONG))
  .default(1);

const environment = z.object({
  PORT: whole(0, 65_535, 3_000),
  HOST: z.string().default("0.0.0.0"),
  PUBLIC_URL: origin.optional(),
  REDIS_URL: redisUrl.optional(),
  REDIS_PREFIX: z
    .string()
    .regex(/^[^{}\s]*$/, "must have no braces and no spaces")
    .default("dateline:"),
  REDIS_MIN_REPLICAS: whole(0, 100, 0),
  DATA_DIR: z.string().default("./data"),
  ADMIN_KEY: z.string().optional(),
  NODE_ENV: z.string().optional(),
  PUBLISHER_NAME: z.string().max(200, "must have at most 200 characters").default("Dateline"),
  PUBLISHER_LOGO_URL: z.url({ protocol: /^https?$/, error: "must be an http or https URL" }).optional(),
  LOG_LEVEL: z.enum(LOG_LEVELS, `must be one of ${LOG_LEVELS.join(", ")}`).default("info"),
  ALLOWED_ORIGINS: z
    .string()
    .transform((text) => text.split(/[\s,]+/).filter(Boolean))
    .pipe(z.array(origin))
    .default([]),
  FANOUT: z.enum(FANOUT_ENGINES, `must be one of ${FANOUT_ENGINES.join(", ")}`).default("write"),
  DRAIN_SECONDS: whole(0, 3_600, 10),
  WORKERS: workers,
  TRUST_PROXY: trustedProxies.default(0),
  PUBLISH_RATE_PER_MINUTE: bound.default(12_000),
  READ_RATE_PER_MINUTE: addressBound(12_000),
  MAX_CONNECTIONS: bound.default(50_000),
  MAX_CONNECTIONS_PER_IP: addressBound(5_000),
});

/** The variables that mean something here. */
export const SETTING_NAMES: readonly string[] = Object.keys(environment.shape);

const ADMIN_KEY_MIN_CHARS = 16;

const settings = environment.refine(
  ({ NODE_ENV, ADMIN_KEY }) => NODE_ENV !== "production" || (ADMIN_KEY?.length ?? 0) >= ADMIN_KEY_MIN_CHARS,
  {
    path: ["ADMIN_KEY"],
    message: `must be set in production, with at least ${ADMIN_KEY_MIN_CHARS} characters`,
    // Also when something else is wrong: an operator wants to hear of everything at once.
    when: () => true,
  },
);

/** @returns the settings, or everything that is wrong with them, one line each. */
export function readConfig(env: Environment): { config: Config } | { problems: string[] } {
  // An empty variable is how compose files and shells say "not set".
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ""));
  const result = settings.safeParse(given);
  if (!result.success) {
    return { problems: result.error.issues.map(({ path, message }) => `${placeOf(path, given)} ${message}.`) };
  }
  const set = result.data;
  const { REDIS_URL: url, REDIS_PREFIX: prefix, REDIS_MIN_REPLICAS: minReplicas } = set;
  const config = {
    port: set.PORT,
    host: set.HOST,
    publicUrl: set.PUBLIC_URL ?? null,
    redis: url === undefined ? null : { url, prefix, minReplicas },
    dataDirectory: set.DATA_DIR,
    adminKey: set.ADMIN_KEY ?? null,
    production: set.NODE_ENV === "production",
    publisher: { name: set.PUBLISHER_NAME, logoUrl: set.PUBLISHER_LOGO_URL ?? null },
    logLevel: set.LOG_LEVEL,
    allowedOrigins: set.ALLOWED_ORIGINS,
    fanout: set.FANOUT,
    drainMs: set.DRAIN_SECONDS * 1_000,
    workers: set.WORKERS,
    trustedProxies: set.TRUST_PROXY,
    limits: {
      publishesPerMinute: set.PUBLISH_RATE_PER_MINUTE,
      readsPerMinute: set.READ_RATE_PER_MINUTE,
      connections: set.MAX_CONNECTIONS,
      connectionsPerAddress: set.MAX_CONNECTIONS_PER_IP,
    },
  };
  return { config };
}

/** The variable; of a list also which of its values. */
function placeOf([name, index]: PropertyKey[], given: Environment): string {
  const text = given[String(name)] ?? "";
  const value = typeof index === "number" ? text.split(/[\s,]+/).filter(Boolean)[index] : undefined;
  return value === undefined ? String(name) : `${String(name)}: ${value}`;
}
