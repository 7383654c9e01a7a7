import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
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

test("every dependency of our own choice stands in the architecture with its reason", () => {
  const architecture = readFileSync(join(ROOT, "docs/architecture.md"), "utf8");
  type Chosen = { dependencies: Record<string, string>; devDependencies: Record<string, string> };
  const { dependencies, devDependencies } = read<Chosen>("package.json");
  for (const name of Object.keys({ ...dependencies, ...devDependencies })) {
    const wanted = name.startsWith("@types/") ? "@types/*" : name;
    assert.ok(architecture.includes(`\`${wanted}\``), name);
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

/** What `.ci/audit` makes of what npm says. */
async function auditWith(npmSays: object, exitCode: number): Promise<{ code: number; said: string }> {
  const directory = mkdtempSync(join(tmpdir(), "dateline-audit-"));
  writeFileSync(join(directory, "npm"), `#!/bin/sh\ncat '${directory}/report'\nexit ${exitCode}\n`, { mode: 0o755 });
  writeFileSync(join(directory, "report"), JSON.stringify(npmSays, null, 2));
  const env = { ...process.env, PATH: `${directory}${delimiter}${process.env.PATH}` };
  const result = run(join(ROOT, ".ci/audit"), { env });
  const [code, said] = await result.then(
    ({ stdout }) => [0, stdout] as const,
    (error: { code: number; stdout: string }) => [error.code, error.stdout] as const,
  );
  await rm(directory, { recursive: true });
  return { code, said };
}

test("a known weakness fails the build; a registry that does not answer does not, and the build says so", async () => {
  const clean = await auditWith({ auditReportVersion: 2, vulnerabilities: {} }, 0);
  assert.deepEqual(clean, { code: 0, said: "npm audit: nothing high or critical\n" });
  const weak = await auditWith({ auditReportVersion: 2, vulnerabilities: { express: {} } }, 1);
  assert.equal(weak.code, 1);
  assert.match(weak.said, /npm audit: FAILED\n$/);
  const silent = await auditWith({ message: "405 Method Not Allowed", error: {} }, 1);
  assert.equal(silent.code, 0);
  assert.match(silent.said, /^npm audit: NOT DONE.*405 Method Not Allowed/);
});
