import { monitorEventLoopDelay } from "node:perf_hooks";
import { type Response, Router } from "express";
import type { DeliveryProof } from "../feed/delivery-proof.ts";
import type { Feeds } from "../feed/feeds.ts";

export type HealthSources = {
  version: string;
  metrics: { readonly contentType: string; text(): Promise<string> };
  node: NodeReadiness;
  /** Name of the engine. */
  store: string;
  proof: DeliveryProof;
  feeds: Feeds;
  isDraining: () => boolean;
  connections: () => number;
  streams: () => number;
};

/** Of all processes of this node: of this one, or of several workers. */
export type NodeReadiness = {
  /** All have lately proven that deliveries reach them. */
  isReady(): boolean;
  /** Readers may be sent here: at least one has proven it once. */
  isServing(): boolean;
  /** How many of how many are ready, where there are several. */
  readonly workers: { ready: number; wanted: number } | null;
};

/** The histogram holds whole intervals; what exceeds one is the delay. Shorter ones would wake an idle process for it. */
const LOOP_RESOLUTION_MS = 50;

/** Whether the process lives, whether deliveries are proven, whether it may get readers. */
export function healthRoutes(sources: HealthSources): Router {
  const { node, metrics, isDraining } = sources;
  const isReady = () => node.isReady() && !isDraining();
  const loopDelay = monitorEventLoopDelay({ resolution: LOOP_RESOLUTION_MS });
  loopDelay.enable();
  // Whoever keeps these addresses from the public does so by their letters: there must be no other spelling.
  const router = Router({ caseSensitive: true, strict: true });

  router.get("/health/live", (_request, response) => answer(response, true, {}));
  router.get("/health/ready", (_request, response) => answer(response, isReady(), {}));
  router.get("/health/serving", (_request, response) => {
    answer(response, node.isServing() && !isDraining(), {});
  });
  router.get("/metrics", async (_request, response) => {
    response
      .set("Cache-Control", "no-store")
      .type(metrics.contentType)
      .send(await metrics.text());
  });
  router.get("/health", (_request, response) => {
    const checks = checksOf(sources, Math.max(0, loopDelay.percentile(99) / 1e6 - LOOP_RESOLUTION_MS));
    loopDelay.reset();
    answer(response, isReady(), { version: sources.version, checks });
  });
  return router;
}

/** https://datatracker.ietf.org/doc/html/draft-inadarei-api-health-check-06 */
function answer(response: Response, passes: boolean, more: object): void {
  response
    .status(passes ? 200 : 503)
    .set("Cache-Control", "no-store")
    .type("application/health+json");
  response.send(JSON.stringify({ status: passIf(passes), ...more }));
}

function passIf(passes: boolean): "pass" | "fail" {
  return passes ? "pass" : "fail";
}

function checksOf(
  { proof, node, store, feeds, isDraining, connections, streams }: HealthSources,
  loopDelayMs: number,
): object {
  const time = new Date().toISOString();
  const measured = (value: number | null, unit: string, status = "pass") => [
    { componentType: "system", observedValue: value, observedUnit: unit, status, time },
  ];
  const { latest } = proof;
  const fanOut = passIf(proof.isFresh);
  const { workers } = node;
  return {
    ...(workers && { "workers:ready": measured(workers.ready, `of ${workers.wanted}`, passIf(node.isReady())) }),
    [`store:${store}`]: [{ componentType: "datastore", status: passIf(!proof.isFailing), time }],
    "fanOut:roundTrip": measured(latest && Math.round(latest.roundTripMs * 100) / 100, "ms", fanOut),
    "fanOut:age": measured(latest && Date.now() - latest.at, "ms", fanOut),
    "eventLoop:delay": measured(Math.round(loopDelayMs * 100) / 100, "ms"),
    "memory:resident": measured(process.memoryUsage.rss(), "bytes"),
    "connections:sockets": measured(connections(), "connections"),
    "connections:streams": measured(streams(), "connections"),
    "stories:followed": measured(feeds.size, "stories"),
    "node:draining": measured(Number(isDraining()), "boolean", passIf(!isDraining())),
  };
}
