import type { Call, Calls } from "./operation.ts";

const HEALTH = "application/health+json";

function healthOf(json: "Verdict" | "Health"): Call["answers"] {
  const headers = ["Cache-Control"] as const;
  return {
    200: { description: "Yes", headers, json, type: HEALTH },
    503: { description: "No", headers, json, type: HEALTH },
  };
}

export const operating: Calls = [
  [
    "get",
    "/health",
    {
      ...{ id: "health", tag: "Operating", summary: "How the node is, in figures" },
      ...{ answers: healthOf("Health"), problems: [] },
    },
  ],
  [
    "get",
    "/health/live",
    {
      ...{ id: "healthLive", tag: "Operating", summary: "Whether the process runs its event loop" },
      ...{ answers: healthOf("Verdict"), problems: [] },
    },
  ],
  [
    "get",
    "/health/ready",
    {
      ...{ id: "healthReady", tag: "Operating", summary: "Whether deliveries to this node were proven lately" },
      ...{ description: "For deploy gates and alarms.", answers: healthOf("Verdict"), problems: [] },
    },
  ],
  [
    "get",
    "/health/serving",
    {
      ...{ id: "healthServing", tag: "Operating", summary: "Whether readers may be sent to this node" },
      description: "For load balancers: stays 200 while the store is away, since pages and open connections go on.",
      ...{ answers: healthOf("Verdict"), problems: [] },
    },
  ],
  [
    "get",
    "/metrics",
    {
      ...{ id: "metrics", tag: "Operating", summary: "Prometheus metrics" },
      answers: { 200: { description: "Text", headers: ["Cache-Control"], type: "text/plain" } },
      problems: [],
    },
  ],
  [
    "get",
    "/openapi.json",
    {
      ...{ id: "openapi", tag: "Operating", summary: "This document" },
      answers: {
        200: {
          description: "OpenAPI 3.1",
          headers: ["Cache-Control", "ETag", "Access-Control-Allow-Origin"],
          json: "OpenApi",
        },
        304: { description: "It is what you hold", headers: ["Cache-Control", "ETag", "Access-Control-Allow-Origin"] },
      },
      problems: [],
    },
  ],
  [
    "get",
    "/docs",
    {
      ...{ id: "docs", tag: "Operating", summary: "This document, to read" },
      answers: {
        200: { description: "A page", headers: ["Cache-Control", "ETag"], type: "text/html" },
        304: { description: "It is what you hold", headers: ["Cache-Control", "ETag"] },
      },
      problems: [],
    },
  ],
];
