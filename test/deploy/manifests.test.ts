import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { pino } from "pino";
import { parse, parseAllDocuments } from "yaml";
import { readConfig, SETTING_NAMES } from "../../src/config.ts";
import { createService } from "../../src/service.ts";
import { DOCUMENT, operationOf } from "../support/described.ts";
import { MetricsText } from "../support/metrics.ts";
import { RedisServer } from "../support/redis-server.ts";
import { TestService } from "../support/service.ts";

const DEPLOY = new URL("../../../deploy/", import.meta.url);
const file = (path: string) => readFileSync(new URL(path, DEPLOY), "utf8");

/** Answers that are owed when the drain window is over are given within this. */
const LAST_ANSWERS_SECONDS = 2.5;
const NODE_PORT = 3_000;

type Environment = Record<string, string>;
type ComposeService = {
  image: string;
  command?: string[];
  environment?: Environment;
  read_only: boolean;
  cap_drop: string[];
  stop_grace_period?: string;
};
type Compose = { services: Record<string, ComposeService> };

const compose = parse(file("compose.yaml"), { merge: true }) as Compose;
const service = (name: string): ComposeService => compose.services[name] ?? assert.fail(`no service ${name}`);

/** As much as is looked at here. */
type Probe = { httpGet: { path: string; port: string } };
type Pod = {
  terminationGracePeriodSeconds: number;
  containers: {
    args?: string[];
    ports: { name: string; containerPort: number }[];
    startupProbe: Probe;
    readinessProbe: Probe;
    livenessProbe: Probe;
    lifecycle: { preStop: { exec: { command: string[] } } };
    securityContext: { readOnlyRootFilesystem: boolean };
  }[];
};
type Manifest = {
  kind: string;
  metadata: { name: string; annotations?: Record<string, string> };
  data?: Environment;
  stringData?: Environment;
  resources?: string[];
  spec: {
    selector: { app?: string; matchLabels?: { app: string } };
    template: { metadata: { labels: { app: string } }; spec: Pod };
    ports: { name: string; targetPort: string }[];
    scaleTargetRef: { kind: string; name: string };
    metrics: { pods: { metric: { name: string } } }[];
    rules: { http: { paths: { path: string; pathType: string; backend: { service: { name: string } } }[] } }[];
  };
};

const kustomization = parse(file("kubernetes/kustomization.yaml")) as Manifest;
const manifests = (kustomization.resources ?? []).flatMap((name) =>
  parseAllDocuments(file(`kubernetes/${name}`)).map((document) => document.toJS() as Manifest),
);
const manifest = (kind: string, name = "dateline"): Manifest =>
  manifests.find((one) => one.kind === kind && one.metadata.name === name) ?? assert.fail(`no ${kind} ${name}`);
const container = (kind: string, name?: string) =>
  manifest(kind, name).spec.template.spec.containers[0] ?? assert.fail(`${kind} has no container`);

const composeSettings = withoutVariables(service("node-1").environment ?? {});
const clusterPlaceholders: Environment = { ...manifest("ConfigMap").data, ...manifest("Secret").stringData };
const clusterSettings: Environment = { ...clusterPlaceholders, ADMIN_KEY: "a-key-of-16-characters" };

/** What compose puts in where nobody has set anything; for what must be set, a key. */
function withoutVariables(environment: Environment): Environment {
  const values = Object.entries(environment).map(([name, value]) => [
    name,
    value.replace(/^\$\{\w+(:-(.*)|:\?.*)\}$/, (_whole, _form, fallback = "a-key-of-16-characters") => fallback),
  ]);
  return Object.fromEntries(values);
}

test("every setting of a manifest is one that the service knows, and together they make it start", () => {
  for (const settings of [composeSettings, clusterSettings]) {
    assert.deepEqual(
      Object.keys(settings).filter((name) => !SETTING_NAMES.includes(name)),
      [],
    );
    const result = readConfig({ NODE_ENV: "production", ...settings });
    assert.ok("config" in result, JSON.stringify(result));
    assert.equal(result.config.port, NODE_PORT);
  }
});

test("a cluster does not start with the key that everybody can read in the manifests", () => {
  const result = readConfig({ NODE_ENV: "production", ...clusterPlaceholders });
  assert.ok("problems" in result && result.problems.some((problem) => problem.startsWith("ADMIN_KEY")));
});

test("whatever stops a node waits until its readers have left and its answers are given", () => {
  const graceOf = (name: string) => Number.parseInt(service(name).stop_grace_period ?? "0", 10);
  const drainSeconds = Number(composeSettings.DRAIN_SECONDS);
  for (const name of ["node-1", "node-2"]) assert.ok(graceOf(name) > drainSeconds + LAST_ANSWERS_SECONDS, name);
  const { terminationGracePeriodSeconds } = manifest("Deployment").spec.template.spec;
  const [, pause = ""] = container("Deployment").lifecycle.preStop.exec.command;
  const needed = Number(pause) + Number(clusterSettings.DRAIN_SECONDS) + LAST_ANSWERS_SECONDS;
  assert.ok(Number(pause) > 0 && terminationGracePeriodSeconds > needed, `${needed} s are needed`);
});

test("whoever asks after a node's health asks what is meant for it, where the node listens", () => {
  const { startupProbe, readinessProbe, livenessProbe, ports } = container("Deployment");
  const paths = [startupProbe, readinessProbe, livenessProbe].map(({ httpGet }) => httpGet.path);
  assert.deepEqual(paths, ["/health/ready", "/health/serving", "/health/live"]);
  assert.deepEqual(ports, [{ name: "http", containerPort: NODE_PORT }]);
  for (const { httpGet } of [startupProbe, readinessProbe, livenessProbe]) assert.equal(httpGet.port, "http");
  assert.equal(manifest("Service").spec.ports[0]?.targetPort, "http");
  const haproxy = file("haproxy/haproxy.cfg");
  assert.match(haproxy, /^ {4}http-check send meth GET uri \/health\/serving /m);
  const dockerfile = file("../Dockerfile");
  assert.match(dockerfile, /HEALTHCHECK .*\/health\/serving/s);
  assert.match(dockerfile, new RegExp(`PORT=${NODE_PORT}\\b.*^EXPOSE ${NODE_PORT}$`, "ms"));
  for (const path of [...paths, "/metrics"]) assert.ok(operationOf("GET", path), path);
});

test("the balancer and the collector of metrics know each node of the compose file by its name and port", () => {
  const nodes = Object.keys(compose.services).filter((name) => service(name).image === service("node-1").image);
  const addresses = nodes.map((name) => `${name}:${NODE_PORT}`);
  const servers = [...file("haproxy/haproxy.cfg").matchAll(/^ {4}server \S+ (\S+)(?: track \S+)?$/gm)];
  const known = servers.map(([, address]) => address);
  assert.deepEqual(known, [...addresses, ...addresses], "pages and files");
  type Scrape = {
    scrape_configs: { job_name: string; metrics_path: string; static_configs: { targets: string[] }[] }[];
  };
  const [job] = (parse(file("prometheus/prometheus.yaml")) as Scrape).scrape_configs;
  assert.deepEqual([job?.metrics_path, job?.static_configs[0]?.targets], ["/metrics", addresses]);
});

test("every part has a read-only root; a node writes nowhere else", () => {
  for (const [name, { read_only, cap_drop }] of Object.entries(compose.services)) {
    assert.deepEqual([read_only, cap_drop], [true, ["ALL"]], name);
  }
  assert.ok(container("Deployment").securityContext.readOnlyRootFilesystem);
  assert.ok(container("StatefulSet", "redis").securityContext.readOnlyRootFilesystem);
});

test("the Redis of the manifests is one that the start finds nothing wrong with", async () => {
  const fromCompose = service("redis").command?.slice(1) ?? [];
  assert.deepEqual(container("StatefulSet", "redis").args, fromCompose);
  const redis = await RedisServer.start({ args: fromCompose });
  const result = readConfig({ ...composeSettings, REDIS_URL: redis.url, PORT: "0", HOST: "127.0.0.1" });
  assert.ok("config" in result);
  const lines: string[] = [];
  const logger = pino({ level: "warn" }, { write: (line) => void lines.push(line) });
  const started = await createService(result.config, logger, "0.0.0-test");
  await started.close();
  await redis.stop();
  assert.deepEqual(lines, []);
});

const ingresses = manifests.filter(({ kind }) => kind === "Ingress");

/** The most exact of the paths that take it in. */
function ingressOf(path: string): Manifest | undefined {
  const all = ingresses.flatMap((ingress) =>
    ingress.spec.rules.flatMap(({ http }) => http.paths.map((one) => ({ ...one, ingress }))),
  );
  const fitting = all.filter((one) =>
    one.pathType === "Exact" ? one.path === path : `${path}/`.startsWith(`${one.path.replace(/\/$/, "")}/`),
  );
  return fitting.sort((a, b) => b.path.length - a.path.length)[0]?.ingress;
}

test("the Ingress passes on whatever readers ask for, and nothing that is for operators", () => {
  const isForOperators = (path: string) => /^\/(health|metrics)\b/.test(path);
  for (const path of ["/socket.io/", "/assets/page.js", ...Object.keys(DOCUMENT.paths)]) {
    assert.equal(ingressOf(path) !== undefined, !isForOperators(path), path);
  }
  for (const { spec } of ingresses) {
    for (const { backend } of spec.rules.flatMap(({ http }) => http.paths)) {
      assert.equal(backend.service.name, manifest("Service").metadata.name);
    }
  }
});

test("the Ingress asks another node for a file that one does not have yet, and for nothing else", () => {
  const asksOn = (path: string) =>
    /\bhttp_404\b/.test(
      ingressOf(path)?.metadata.annotations?.["nginx.ingress.kubernetes.io/proxy-next-upstream"] ?? "",
    );
  for (const path of ["/assets/page.js", "/embed/v1/live-story.js"]) assert.ok(asksOn(path), path);
  for (const path of ["/embed/story", "/embed", "/stories/story", "/api/v1/stories"]) assert.ok(!asksOn(path), path);
});

test("the balancer is given every variable that its configuration looks for", () => {
  const wanted = [...file("haproxy/haproxy.cfg").matchAll(/"\$\{?(\w+)|env\((\w+)\)/g)].map(
    ([, quoted, fetched]) => quoted ?? fetched ?? "",
  );
  assert.deepEqual([...new Set(wanted)].sort(), Object.keys(service("balancer").environment ?? {}).sort());
});

test("what selects, scales and protects nodes means the nodes", async () => {
  const { app } = manifest("Deployment").spec.template.metadata.labels;
  assert.equal(manifest("Service").spec.selector.app, app);
  assert.equal(manifest("PodDisruptionBudget").spec.selector.matchLabels?.app, app);
  assert.equal(manifest("Deployment").spec.selector.matchLabels?.app, app);
  const { scaleTargetRef, metrics } = manifest("HorizontalPodAutoscaler").spec;
  assert.deepEqual([scaleTargetRef.kind, scaleTargetRef.name], ["Deployment", manifest("Deployment").metadata.name]);
  const running = await TestService.start();
  const { names } = await MetricsText.read(running.url);
  for (const { pods } of metrics) assert.ok(names.has(pods.metric.name), pods.metric.name);
  await running.close();
});

test("every manifest of the folder is applied", () => {
  const files = readdirSync(new URL("kubernetes/", DEPLOY)).filter((name) => name !== "kustomization.yaml");
  assert.deepEqual(files.sort(), [...(kustomization.resources ?? [])].sort());
});
