import express, { type ErrorRequestHandler, type Express, type Response } from "express";
import type { Logger } from "pino";
import { renderProblemPage } from "../pages/problem-page.tsx";
import { Problem, toProblemDocument } from "../protocol/problem.ts";
import { type HealthSources, healthRoutes } from "./health.ts";
import { refuseLargeBodies } from "./json-body.ts";
import { sendProblem, toProblem } from "./problems.ts";
import { logRequests } from "./request-log.ts";
import { assetRoutes } from "./routes/assets.ts";
import { entryWrites } from "./routes/entry-writes.ts";
import { type PageServices, pageRoutes } from "./routes/pages.ts";
import { storyReads } from "./routes/story-reads.ts";
import { storyWrites } from "./routes/story-writes.ts";
import { syndicationRoutes } from "./routes/syndication.ts";
import { secureAnswers, securePages } from "./security-headers.ts";
import type { Services } from "./services.ts";

export type AppOptions = Services & PageServices & { logger: Logger; health: HealthSources };

export function createApp(options: AppOptions): Express {
  const { logger, health, assets, site } = options;
  const app = express();
  app.disable("x-powered-by");
  // ETags here are positions, which a hash of the body would hide.
  app.set("etag", false);
  app.set("query parser", "simple");

  app.use(logRequests(logger));
  app.use(secureAnswers(site));
  app.use(refuseLargeBodies);
  app.use(healthRoutes(health));
  app.use("/assets", assetRoutes(assets));
  app.use("/api/v1", storyReads(options), storyWrites(options), entryWrites(options));
  app.use(syndicationRoutes(options));
  app.use(securePages(site));
  app.use(pageRoutes(options));
  app.use(() => {
    throw new Problem("not_found", "There is nothing at this address.");
  });
  app.use(answerError(options));
  return app;
}

/** Express knows an error handler by its four parameters. */
function answerError({ publisher, assets }: PageServices): ErrorRequestHandler {
  return (error, request, response, _next) => {
    const problem = toProblem(error);
    if (problem.code === "internal") loggerOf(response)?.error({ err: error }, "request failed");
    if (response.headersSent) return void response.destroy();
    response.removeHeader("ETag");
    const wantsPage = !request.path.startsWith("/api/") && request.accepts(["json", "html"]) === "html";
    if (!wantsPage) return sendProblem(response, problem);
    const { status, title, detail } = toProblemDocument(problem);
    const page = renderProblemPage({ publisher, assets: assets.manifest, status, title, detail });
    response.status(status).set("Cache-Control", "no-store").type("html").send(page);
  };
}

function loggerOf(response: Response): Logger | undefined {
  return response.locals.logger as Logger | undefined;
}
