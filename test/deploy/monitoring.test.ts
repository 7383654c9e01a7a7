import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { parse } from "yaml";
import { MetricsText } from "../support/metrics.ts";
import { TestService } from "../support/service.ts";

const file = (path: string) => readFileSync(new URL(`../../../${path}`, import.meta.url), "utf8");
const OPERATIONS = file("docs/operations.md");

type Rules = { groups: { rules: { alert: string; expr: string; annotations: { summary: string } }[] }[] };
type Dashboard = { panels: { type: string; title: string; targets?: { expr: string }[] }[] };

const alerts = (parse(file("deploy/prometheus/alerts.yaml")) as Rules).groups.flatMap(({ rules }) => rules);
const panels = (JSON.parse(file("deploy/grafana/dateline.json")) as Dashboard).panels.filter(
  ({ type }) => type !== "row",
);

let service: TestService;
let metrics: MetricsText;
before(async () => {
  service = await TestService.start();
  await service.createStory();
  metrics = await MetricsText.read(service.url);
});
after(() => service.close());

/** The metrics that a text names, of the service and of its process. */
const namedIn = (text: string) => [...text.matchAll(/\b(?:dateline|nodejs|process)_\w+/g)].map(([name]) => name);

test("every metric of an alert, of the dashboard and of the handbook is one that a running service has", () => {
  const texts = [
    ...alerts.map(({ expr }) => expr),
    ...panels.flatMap(({ targets }) => targets?.map(({ expr }) => expr) ?? []),
  ];
  assert.ok(texts.length >= 40, `${texts.length} queries`);
  for (const text of [...texts, OPERATIONS]) {
    for (const name of namedIn(text)) assert.ok(metrics.names.has(name), `${name} in ${text.slice(0, 200)}`);
  }
});

test("a query asks for a histogram by its parts, and for nothing else by them", () => {
  const queries = [
    ...alerts.map(({ expr }) => expr),
    ...panels.flatMap(({ targets }) => targets?.map(({ expr }) => expr) ?? []),
  ];
  for (const query of queries) {
    for (const name of namedIn(query)) {
      const isHistogram = metrics.names.get(name) === "histogram";
      assert.equal(/_(bucket|sum|count)$/.test(name), isHistogram, `${name} in ${query}`);
    }
    if (query.includes("histogram_quantile")) assert.match(query, /sum by \(le/, query);
  }
});

test("every metric of the service is explained in the handbook, and every panel has something to show", () => {
  const own = [...metrics.names.keys()].filter((name) => name.startsWith("dateline_"));
  for (const name of own.filter((one) => !/_(bucket|sum|count)$/.test(one))) {
    assert.ok(OPERATIONS.includes(`| \`${name}\` |`), `${name} has no line in the table`);
  }
  for (const { title, targets } of panels) assert.ok((targets?.length ?? 0) > 0, title);
});

test("every alert is in the handbook under its name, and says in a sentence what is wrong", () => {
  assert.ok(alerts.length >= 10);
  for (const { alert, annotations } of alerts) {
    assert.match(OPERATIONS, new RegExp(`^### ${alert}\\n\\S`, "m"), alert);
    assert.ok(annotations.summary.length > 20, alert);
  }
  const described = [...OPERATIONS.matchAll(/^### (Dateline\w+)$/gm)].map(([, name]) => name);
  assert.deepEqual(described.sort(), alerts.map(({ alert }) => alert).sort());
});

test("every link of the handbook leads to a heading or to a file", () => {
  const headings = [...OPERATIONS.matchAll(/^#+ (.+)$/gm)].map(([, text = ""]) =>
    text.toLowerCase().replaceAll(" ", "-"),
  );
  for (const [, target = ""] of OPERATIONS.matchAll(/\]\(([^)]+)\)/g)) {
    if (target.startsWith("#")) assert.ok(headings.includes(target.slice(1)), target);
    else assert.ok(file(`docs/${target}`).length > 0, target);
  }
});
