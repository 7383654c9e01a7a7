import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const run = promisify(execFile);
const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** What the service is made of may be passed on with it under these. */
const ALLOWED = new Set(["MIT", "ISC", "BSD-2-Clause", "BSD-3-Clause", "Apache-2.0", "PSF-2.0"]);
/** Tools stay here: their own files may have to stay open, ours need not. */
const ALLOWED_TOOLS = new Set([...ALLOWED, "BlueOak-1.0.0", "MIT OR Apache-2.0", "MPL-2.0"]);

type LockedPackage = {
  optional?: boolean;
  version?: string;
  license?: string;
  dev?: boolean;
  resolved?: string;
  integrity?: string;
  hasInstallScript?: boolean;
  optionalDependencies?: Record<string, string>;
};
type Manifest = { license?: string; licenses?: { type: string }[]; scripts?: Record<string, string> };

const read = <T>(path: string): T => JSON.parse(readFileSync(join(ROOT, path), "utf8")) as T;
const { "": _own, ...locked } = read<{ packages: Record<string, LockedPackage> }>("package-lock.json").packages;
const packages = Object.entries(locked);

/** Of the lock, or of the package itself, or for another machine's binaries of the package that they belong to. */
function licenseOf(path: string): string | undefined {
  const { license } = locked[path] ?? {};
  if (license) return license;
  if (existsSync(join(ROOT, path))) {
    const manifest = read<Manifest>(`${path}/package.json`);
    return manifest.license ?? manifest.licenses?.map(({ type }) => type).join(" OR ");
  }
  const name = path.replace("node_modules/", "");
  return packages.find(([, { optionalDependencies = {} }]) => name in optionalDependencies)?.[1].license;
}

test("no dependency has an install script", () => {
  assert.ok(packages.length > 100);
  for (const [path, { hasInstallScript }] of packages) {
    assert.ok(!hasInstallScript, path);
    if (!existsSync(join(ROOT, path))) continue;
    const { scripts = {} } = read<Manifest>(`${path}/package.json`);
    for (const name of ["preinstall", "install", "postinstall"]) assert.ok(!(name in scripts), `${path} ${name}`);
  }
});

test("every dependency has a licence that allows what is done with it", () => {
  for (const [path, { dev = false }] of packages) {
    const license = licenseOf(path) ?? "none";
    assert.ok((dev ? ALLOWED_TOOLS : ALLOWED).has(license), `${path}: ${license}`);
  }
});

test("every dependency that is installed is locked to its content, from whatever registry it comes", () => {
  for (const [path, { integrity, resolved }] of packages) {
    if (existsSync(join(ROOT, path))) assert.match(integrity ?? "", /^sha512-/, path);
    assert.equal(resolved, undefined, path);
  }
});

test("every dependency of our own choice stands in the architecture with its reason, once", () => {
  const architecture = readFileSync(join(ROOT, "docs/architecture.md"), "utf8");
  const [, table = ""] = architecture.split("\n## Dependencies\n");
  type Chosen = { dependencies: Record<string, string>; devDependencies: Record<string, string> };
  const { dependencies, devDependencies } = read<Chosen>("package.json");
  for (const name of Object.keys({ ...dependencies, ...devDependencies })) {
    const wanted = name.startsWith("@types/") ? "@types/*" : name;
    assert.equal(table.split(`\`${wanted}\``).length, 2, name);
  }
});

test("`npm run sbom` lists every dependency of the service, and no tool", async () => {
  const { stdout } = await run("npm", ["run", "--silent", "sbom"], { cwd: ROOT, maxBuffer: 64 * 1024 * 1024 });
  const { bomFormat, components } = JSON.parse(stdout) as { bomFormat: string; components: { purl: string }[] };
  assert.equal(bomFormat, "CycloneDX");
  const listed = components.map(({ purl }) => decodeURIComponent(purl));
  for (const [path, { dev = false, optional = false }] of packages) {
    const name = path.slice(path.lastIndexOf("node_modules/") + "node_modules/".length);
    const isListed = listed.some((purl) => purl.startsWith(`pkg:npm/${name}@`));
    assert.ok(isListed || dev || optional, path);
  }
  assert.ok(!listed.some((purl) => purl.startsWith("pkg:npm/typescript@")));
});

type Weaknesses = Record<string, "low" | "moderate" | "high" | "critical">;

/** What `.ci/audit` makes of what a registry knows of packages; null: of one that does not answer such questions. */
async function auditWith(known: Weaknesses | null, environment = {}): Promise<{ code: number; said: string }> {
  const registry = createServer((request, response) => {
    const isQuestion = request.url === "/-/npm/v1/security/advisories/bulk";
    if (known === null || !isQuestion) return void response.writeHead(isQuestion ? 405 : 404).end();
    const advisories = Object.entries(known).map(([name, severity], index) => {
      const more = { cwe: [], cvss: { score: 0, vectorString: null }, vulnerable_versions: "*" };
      return [name, [{ id: index + 1, url: "https://example.com/", title: "Weak", severity, ...more }]];
    });
    response.setHeader("Content-Type", "application/json").end(JSON.stringify(Object.fromEntries(advisories)));
  });
  registry.listen(0, "127.0.0.1");
  await once(registry, "listening");
  const { port } = registry.address() as AddressInfo;
  // npm remembers weaknesses by their number.
  const cache = await mkdtemp(join(tmpdir(), "dateline-audit-"));
  const npm = { npm_config_registry: `http://127.0.0.1:${port}/`, npm_config_cache: cache };
  const { GITHUB_ACTIONS: _here, ...elsewhere } = process.env;
  const result = run(join(ROOT, ".ci/audit"), { env: { ...elsewhere, ...npm, ...environment } });
  const [code, said] = await result.then(
    ({ stdout }) => [0, stdout] as const,
    (error: { code: number; stdout: string }) => [error.code, error.stdout] as const,
  );
  registry.close();
  await rm(cache, { recursive: true });
  return { code, said };
}

test("a weakness fails the build: a moderate one of the service, a high one of a tool", async () => {
  assert.equal((await auditWith({})).said, "npm audit: nothing moderate in the service, nothing high in its tools\n");
  for (const passing of [{ express: "low" }, { "fast-check": "moderate" }] satisfies Weaknesses[]) {
    assert.equal((await auditWith(passing)).code, 0, JSON.stringify(passing));
  }
  for (const failing of [{ express: "moderate" }, { qs: "high" }, { "fast-check": "high" }] satisfies Weaknesses[]) {
    const { code, said } = await auditWith(failing);
    assert.equal(code, 1, JSON.stringify(failing));
    assert.match(said, new RegExp(`${Object.keys(failing)[0]}[\\s\\S]*npm audit: FAILED, (moderate|high) or worse\n$`));
  }
});

test("a registry that does not answer fails the build where one always does; elsewhere the build says so", async () => {
  const silent = await auditWith(null);
  assert.equal(silent.code, 0);
  assert.match(silent.said, /^npm audit: NOT DONE.*405 Method Not Allowed/);
  const onGitHub = await auditWith(null, { GITHUB_ACTIONS: "true" });
  assert.equal(onGitHub.code, 1);
  assert.match(onGitHub.said, /^npm audit: NOT DONE/);
});
