import { randomUUID } from "node:crypto";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Logger } from "pino";
import type { Colleagues, WorkerState } from "./colleagues.ts";
import type { Config } from "./config.ts";
import { Desk } from "./editorial/desk.ts";
import { Keys } from "./editorial/keys.ts";
import { PublishRate } from "./editorial/publish-rate.ts";
import { DeliveryProof } from "./feed/delivery-proof.ts";
import { Feeds } from "./feed/feeds.ts";
import { StoryList } from "./feed/story-list.ts";
import { type AppOptions, createApp } from "./http/app.ts";
import { clientAddress } from "./http/client-address.ts";
import { createExpress } from "./http/express.ts";
import { createGuardedServer, guardRequests, type HttpHostility } from "./http/guarded-server.ts";
import type { NodeReadiness } from "./http/health.ts";
import { type OpenConnections, trackConnections } from "./http/open-connections.ts";
import { toProblem } from "./http/problems.ts";
import { Metrics, type RefusedReason, type Sample } from "./metrics.ts";
import { loadAssets, loadEmbedAssets } from "./pages/assets.ts";
import { foreignOrigin } from "./protocol/access.ts";
import { WRITE_DEADLINE_MS } from "./protocol/limits.ts";
import { Admission } from "./realtime/admission.ts";
import type { RealtimeHostility } from "./realtime/connection-guard.ts";
import { type FrameWriter, frameWriter } from "./realtime/fanout.ts";
import { Rooms } from "./realtime/rooms.ts";
import { isSocketUpgrade, SocketGateway } from "./realtime/socket-gateway.ts";
import { StoryStreams } from "./realtime/story-stream.ts";
import { observedStores } from "./store/observed-stores.ts";
import { openStores } from "./store/open-stores.ts";
import type { Stores } from "./store/stores.ts";

export type Service = {
  /** Where it can be reached on this machine. */
  url: string;
  /** Made because nobody held a key yet; null otherwise. It is kept nowhere. */
  firstAdminKey: string | null;
  /** What other workers of this node have to know. */
  state(): WorkerState;
  /** Of this process alone. */
  samples(): Promise<Sample[]>;
  /** Lets readers go within the drain window, then stops. Safe to call twice. [R4] */
  close(): Promise<void>;
};

const TROUBLE_EVERY_MS = 5_000;
/** A log must not be what an attacker fills. */
const HOSTILE_EVERY_MS = 60_000;
/** Commands under way are answered by then. What still holds a connection is stuck, and must not hold up the exit. */
const LAST_ANSWERS_MS = WRITE_DEADLINE_MS + 500;

/**
 * Puts the rooms together. Rejects when it cannot start, with nothing left open.
 *
 * @param colleagues null: it is the whole node.
 */
export async function createService(
  config: Config,
  logger: Logger,
  version: string,
  colleagues: Colleagues | null = null,
): Promise<Service> {
  const metrics = new Metrics(version);
  const write = frameWriter(config.fanout);
  const onWarning = (warning: string) => logger.warn(warning);
  const opened = colleagues?.joinStores() ?? (await openStores(config, { exclusive: true, onWarning }));
  const stores = observedStores(opened, metrics.stores);
  const onHostile = watchHostile(metrics, logger);
  const { app, messages } = createExpress();
  const server = createGuardedServer(messages, onHostile);
  const connections = trackConnections(server);
  try {
    const signingSecret = await stores.keys.signingSecret();
    const keys = new Keys(stores.keys, config.adminKey);
    const firstAdminKey = config.adminKey === null ? await keys.createFirst() : null;
    const port = colleagues ? config.port : await listen(server, config);
    const url = `http://localhost:${port}`;
    const parts = assemble({
      config,
      logger,
      metrics,
      version,
      stores,
      keys,
      server,
      app,
      onHostile,
      signingSecret,
      write,
      site: config.publicUrl ?? url,
      colleagues,
    });
    await parts.proof.start();
    colleagues?.open(server);
    let closing: Promise<void> | undefined;
    return {
      ...{ url, firstAdminKey, samples: () => metrics.samples() },
      state: () => ({ provenAt: parts.proof.latest?.at ?? null, places: parts.admission.places }),
      close: () => {
        closing ??= shutDown({ ...parts, stores, server, connections, colleagues });
        return closing;
      },
    };
  } catch (error) {
    server.close();
    await stores.close();
    throw error;
  }
}

/** Told of everybody who is cut off for what it sent. */
type OnHostile = (reason: HttpHostility | RealtimeHostility) => void;

/** All are counted; what is logged is that there are any, and how many more there were. */
function watchHostile({ hostile }: Metrics, logger: Logger): OnHostile {
  const log = sparingly<string>(HOSTILE_EVERY_MS, (reason, more) =>
    logger.warn({ reason, more }, "hostile client cut off"),
  );
  return (reason) => {
    hostile.inc({ reason });
    log(reason);
  };
}

type Assembly = {
  config: Config;
  logger: Logger;
  metrics: Metrics;
  version: string;
  stores: Stores;
  keys: Keys;
  server: Server;
  app: AppOptions["app"];
  onHostile: OnHostile;
  signingSecret: string;
  write: FrameWriter;
  site: string;
  colleagues: Colleagues | null;
};

function assemble(assembly: Assembly) {
  const { config, logger, metrics, version, stores, keys, server, onHostile, signingSecret, write, site } = assembly;
  const { app, colleagues } = assembly;
  let draining = false;
  const onTrouble = sparingly<unknown>(TROUBLE_EVERY_MS, (error, more) =>
    logger.error({ err: error, more }, "feed in trouble"),
  );
  const proof = new DeliveryProof(stores.announcements, (failure) => {
    if (failure === null) logger.info("deliveries are proven again");
    else logger.error({ err: failure }, "deliveries cannot be proven");
  });
  const readiness = colleagues ?? ownReadiness(proof);
  const feeds = new Feeds({ stores, site, onTrouble, onRepair: () => metrics.gapRepairs.inc() });
  const node = randomUUID();
  const rooms = new Rooms(
    feeds,
    (slug, count, forMs) => stores.tallies.share(slug, node, count, forMs),
    metrics.readers,
  );
  const { limits, trustedProxies } = config;
  const addressOf = clientAddress(trustedProxies);
  const onRefused = (reason: RefusedReason) => metrics.refused.inc({ reason });
  const admission = new Admission({
    ...{ connections: limits.connections, elsewhere: () => colleagues?.places() ?? 0 },
    ...{ perAddress: limits.connectionsPerAddress, addressOf, onRefused },
  });
  const streams = new StoryStreams(rooms, admission);
  const { listener } = createApp({
    ...{ app, site, feeds, keys, logger, publisher: config.publisher, assets: loadAssets() },
    ...{ embed: loadEmbedAssets(), allowedOrigins: config.allowedOrigins, onRequest: metrics.requests },
    desk: new Desk({ stores, site, signingSecret }),
    publishRate: new PublishRate({ tallies: stores.tallies, perMinute: limits.publishesPerMinute }),
    onWriteRefused: () => onRefused("publish_rate"),
    readRate: { perMinute: limits.readsPerMinute, addressOf, onRefused: () => onRefused("read_rate") },
    ...{ trustedProxies, onBodyTooLarge: () => onRefused("body_size") },
    list: new StoryList(stores.catalogue, site),
    openStream: (request, response, stream) => streams.open(request, response, stream),
    health: {
      ...{ version, proof, feeds, isDraining: () => draining, store: storeName(config), node: readiness },
      metrics: { contentType: metrics.contentType, text: () => colleagues?.metricsText() ?? metrics.text() },
      connections: () => gateway.connections,
      streams: () => streams.connections,
    },
  });
  server.on("request", listener);
  const gateway = new SocketGateway({
    ...{ http: server, rooms, admission, toProblem, onHostile, allowedOrigins: config.allowedOrigins, onRefused },
    ...{ foreignOrigin: (headers) => foreignOrigin(site, headers), polling: colleagues === null, write },
  });
  guardRequests(server, { isUpgrade: isSocketUpgrade, onHostile });
  observe(metrics, { proof, readiness, feeds, gateway, streams, stores, isDraining: () => draining });
  if (!colleagues) metrics.workers(() => new Map([[1, admission.places]]));
  const drain = async () => {
    draining = true;
    await Promise.all([gateway.drain(config.drainMs), streams.drain(config.drainMs)]);
  };
  return { proof, feeds, admission, gateway, streams, drain };
}

function ownReadiness(proof: DeliveryProof): NodeReadiness {
  return { isReady: () => proof.isFresh, isServing: () => proof.latest !== null, workers: null };
}

/** What happens once tends to happen again and again. @param log `more`: how many were passed over. */
function sparingly<T>(everyMs: number, log: (what: T, more: number) => void): (what: T) => void {
  let loggedAt = 0;
  let more = 0;
  return (what) => {
    more += 1;
    if (Date.now() - loggedAt < everyMs) return;
    log(what, more - 1);
    loggedAt = Date.now();
    more = 0;
  };
}

type Observed = Pick<Assembly, "stores"> & {
  proof: DeliveryProof;
  readiness: NodeReadiness;
  feeds: Feeds;
  gateway: SocketGateway;
  streams: StoryStreams;
  isDraining: () => boolean;
};

function observe(metrics: Metrics, { proof, readiness, feeds, gateway, streams, stores, isDraining }: Observed): void {
  metrics.gauge(
    "dateline_ready",
    "1 while deliveries to this node are proven and it does not drain.",
    () => Number(readiness.isReady() && !isDraining()),
    "min",
  );
  metrics.gauge("dateline_draining", "1 while the node asks its readers to leave.", () => Number(isDraining()), "max");
  metrics.gauge("dateline_connections", "Open Socket.IO connections.", () => gateway.connections);
  metrics.gauge("dateline_streams", "Open streams of server-sent events.", () => streams.connections);
  metrics.gauge("dateline_stories_followed", "Stories held in memory.", () => feeds.size, "max");
  metrics.gauge(
    "dateline_fanout_round_trip_seconds",
    "Of the last nonce that came back.",
    () => (proof.latest ? proof.latest.roundTripMs / 1_000 : null),
    "max",
  );
  metrics.gauge(
    "dateline_fanout_proof_age_seconds",
    "Since the last nonce came back.",
    () => (proof.latest ? (Date.now() - proof.latest.at) / 1_000 : null),
    "max",
  );
  metrics.gauge(
    "dateline_erasures_pending",
    "1 while withdrawn text may still be in append-only files.",
    () => Number(stores.erasuresPending()),
    "max",
  );
}

function storeName({ redis }: Config): string {
  return redis ? "redis" : "sqlite";
}

type Running = ReturnType<typeof assemble> &
  Pick<Assembly, "stores" | "server" | "colleagues"> & { connections: OpenConnections };

async function shutDown({
  proof,
  feeds,
  gateway,
  streams,
  drain,
  stores,
  server,
  connections,
  colleagues,
}: Running): Promise<void> {
  await drain();
  colleagues?.leave();
  server.close();
  gateway.close();
  streams.close();
  server.closeIdleConnections();
  const stuck = setTimeout(() => connections.cut(), LAST_ANSWERS_MS);
  await connections.gone();
  clearTimeout(stuck);
  proof.stop();
  feeds.close();
  await stores.close();
}

/** @returns the port. */
function listen(server: Server, { port, host }: Config): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, () => {
      server.off("error", reject);
      resolve((server.address() as AddressInfo).port);
    });
  });
}
