import type { RequestListener } from "node:http";
import type { ErrorRequestHandler, Express } from "express";
import type { Logger } from "pino";
import { EMBED_PATH } from "../pages/assets.ts";
import { renderProblemPage } from "../pages/problem-page.tsx";
import { Problem, toProblemDocument } from "../protocol/problem.ts";
import type { TrustedProxies } from "./client-address.ts";
import { type HealthSources, healthRoutes } from "./health.ts";
import { refuseLargeBodies } from "./json-body.ts";
import { answerKept, type Front, KeptAnswers } from "./kept-answers.ts";
import { sendProblem, setProblemHeaders, toProblem } from "./problems.ts";
import { ReadRate, type ReadRateOptions } from "./read-rate.ts";
import { isRead, noteFailure, RequestLog, type RequestObserver } from "./request-log.ts";
import { assetRoutes, embedAssetRoutes } from "./routes/assets.ts";
import { embedBuilderRoutes } from "./routes/embed-builder.ts";
import { type EmbedServices, embedRoutes } from "./routes/embeds.ts";
import { entryWrites } from "./routes/entry-writes.ts";
import { oEmbedRoutes } from "./routes/oembed.ts";
import { type PageServices, pageRoutes } from "./routes/pages.ts";
import { referenceRoutes } from "./routes/reference.ts";
import { storyReads } from "./routes/story-reads.ts";
import { storyWrites } from "./routes/story-writes.ts";
import { syndicationRoutes } from "./routes/syndication.ts";
import { secureAnswers, securePage, securePages } from "./security-headers.ts";
import type { Services } from "./services.ts";

export type AppOptions = Services &
  PageServices &
  EmbedServices & {
    /** Without routes yet. */
    app: Express;
    logger: Logger;
    health: HealthSources;
    onRequest: RequestObserver;
    trustedProxies: TrustedProxies;
    readRate: ReadRateOptions;
    onBodyTooLarge: () => void;
    /** A key has written too often. Counted where it is told: a write may be decided several times. */
    onWriteRefused: () => void;
  };

/** `routes` answer everything; `listener` answers first what they have answered before. */
export function createApp(options: AppOptions): { routes: Express; listener: RequestListener } {
  const log = new RequestLog(options.logger, options.onRequest);
  const readRate = new ReadRate(options.readRate);
  const kept = new KeptAnswers();
  const routes = createRoutes(options, { kept, readRate, log });
  return { routes, listener: answerKept({ kept, feeds: options.feeds, readRate, log }, routes) };
}

function createRoutes(options: AppOptions, { kept, readRate, log }: Omit<Front, "feeds">): Express {
  const { app, health, assets, embed, site, trustedProxies } = options;
  app.disable("x-powered-by");
  // ETags here are positions, which a hash of the body would hide.
  app.set("etag", false);
  app.set("query parser", "simple");
  app.set("trust proxy", trustedProxies);

  app.use(log.middleware);
  app.use(secureAnswers(site));
  app.use(refuseLargeBodies);
  app.use(healthRoutes(health));
  app.use(readRate.middleware);
  app.use("/assets", assetRoutes(assets));
  app.use(EMBED_PATH, embedAssetRoutes(embed));
  app.use("/api/v1", storyReads({ ...options, kept }), storyWrites(options), entryWrites(options));
  app.use(syndicationRoutes(options), oEmbedRoutes(options));
  app.use(securePages(site));
  app.use(referenceRoutes({ ...options, version: health.version }));
  app.use(pageRoutes({ ...options, kept }), embedRoutes(options), embedBuilderRoutes(options));
  app.use(() => {
    throw new Problem("not_found", "There is nothing at this address.");
  });
  app.use(answerError(options));
  return app;
}

/** Express knows an error handler by its four parameters. */
function answerError({ publisher, assets, site, onBodyTooLarge, onWriteRefused }: AppOptions): ErrorRequestHandler {
  return (error, request, response, _next) => {
    const problem = toProblem(error);
    noteFailure(response, problem.code, error);
    if (problem.code === "payload_too_large") onBodyTooLarge();
    if (problem.code === "rate_limited" && !isRead(request.method)) onWriteRefused();
    if (response.headersSent) return void response.destroy();
    response.removeHeader("ETag");
    // Whoever fails before its route was found, or on a route of no pages, may be told as a page all the same.
    if (!response.hasHeader("Content-Security-Policy")) securePage(response, site, { framedBy: [] });
    const wantsPage = !request.path.startsWith("/api/") && request.accepts(["json", "html"]) === "html";
    if (!wantsPage) return sendProblem(response, problem);
    const { status, title, detail } = toProblemDocument(problem);
    const page = renderProblemPage({ publisher, assets: assets.manifest, status, title, detail });
    setProblemHeaders(response, problem);
    response.status(status).type("html").send(page);
  };
}
