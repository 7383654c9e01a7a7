import assert from "node:assert/strict";
import { mkdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { dateline, exitOf, startDateline } from "../support/command-line.ts";
import { temporaryDirectory } from "../support/store-sqlite.ts";

/** For root, who may write anywhere: without what allows it. */
const LIKE_OTHERS = process.getuid?.() === 0 ? ["setpriv", "--inh-caps=-all", "--bounding-set=-all"] : [];

const HELP: [args: string[], says: RegExp][] = [
  [[], /serve .*\n.*keys .*\n.*stories /],
  [["serve"], /PORT=8080/],
  [["keys"], /create .*\n.*list .*\n.*revoke .*<id>/],
  [["keys", "create"], /--role <role> .*"editor", "admin"/],
  [["keys", "list"], /ADMIN_KEY is a setting/],
  [["keys", "revoke"], /within 5 seconds/],
  [["stories"], /export .*<slug>.*\n.*import <file>/],
  [["stories", "export"], /--output <file>/],
  [["stories", "import"], /- for standard input/],
];

for (const [args, says] of HELP) {
  test(`"${["dateline", ...args].join(" ")}" explains itself with examples`, async () => {
    const { code, stdout, stderr } = await dateline([...args, "--help"]);
    assert.deepEqual([code, stderr], [0, ""]);
    assert.match(stdout, new RegExp(`^Usage: ${["dateline", ...args].join(" ")} `));
    assert.match(stdout, /Examples:\n( {2}.*dateline .*\n)+/);
    assert.match(stdout, says);
    const shown = await dateline(["help", ...args.slice(0, 1)]);
    assert.deepEqual([shown.code, shown.stderr], [0, ""]);
  });
}

const WRONG: [args: string[], says: RegExp][] = [
  [[], /^Usage: dateline /],
  [["stories"], /^Usage: dateline stories /],
  [["storys"], /unknown command 'storys'\n\(Did you mean stories\?\)\nAdd --help/],
  [["stories", "exprot", "a"], /unknown command 'exprot'\n\(Did you mean export\?\)/],
  [["--verbose"], /unknown option '--verbose'/],
  [["serve", "--port", "80"], /unknown option '--port'/],
  [["serve", "now"], /too many arguments/],
  [["keys"], /^Usage: dateline keys /],
  [["keys", "create"], /required option '--name <name>' not specified/],
  [["keys", "create", "--name", " "], /A name has 1 to 100 characters/],
  [["keys", "create", "--name", "two\nlines"], /all of them printable/],
  [["keys", "create", "--name", "x".repeat(101)], /A name has 1 to 100 characters/],
  [["keys", "create", "--name", "a", "--story", "Not A Slug"], /A slug is lower-case words joined by single hyphens/],
  [["keys", "create", "--name", "a", "--role", "owner"], /Allowed choices are editor, admin/],
  [["keys", "create", "--name", "a", "--role", "admin", "--story", "a"], /an admin's key is for every story/],
  [["keys", "create", "--name", "a", "b"], /too many arguments/],
  [["keys", "list", "a"], /too many arguments/],
  [["keys", "revoke"], /missing required argument 'id'/],
  [["keys", "delete", "a"], /unknown command 'delete'/],
  [["stories", "export"], /missing required argument 'slug'/],
  [["stories", "export", "a", "b"], /too many arguments/],
  [["stories", "export", "Election_Night"], /A slug is lower-case words joined by single hyphens/],
  [["stories", "export", "a", "--output"], /option '-o, --output <file>' argument missing/],
  [["stories", "import"], /missing required argument 'file'/],
  [["stories", "import", "a.json", "--force"], /unknown option '--force'/],
];

for (const [args, says] of WRONG) {
  test(`"${["dateline", ...args].join(" ")}" is wrong usage`, async () => {
    const { code, stdout, stderr } = await dateline(args);
    assert.deepEqual([code, stdout], [2, ""]);
    assert.match(stderr, says);
  });
}

test("the version is the package's", async () => {
  const manifest = await readFile(new URL("../../../package.json", import.meta.url), "utf8");
  const { code, stdout } = await dateline(["--version"]);
  assert.deepEqual([code, stdout], [0, `${(JSON.parse(manifest) as { version: string }).version}\n`]);
});

test("serve starts the server with the same settings, and a signal ends it", async (t) => {
  const env = {
    PORT: "0",
    DATA_DIR: await temporaryDirectory(t),
    ADMIN_KEY: "dl_a-key-of-the-test",
    DRAIN_SECONDS: "0",
  };
  const server = startDateline(["serve"], { env });
  t.after(() => server.kill("SIGKILL"));
  let output = "";
  for await (const chunk of server.stdout) {
    output += String(chunk);
    const [, url] = /Dateline is listening on (http:\S+)\n/.exec(output) ?? [];
    if (!url) continue;
    assert.equal((await fetch(`${url}/health/live`)).status, 200);
    break;
  }
  const exit = exitOf(server);
  server.kill("SIGTERM");
  assert.equal(await exit, 0);
});

test("a server that cannot start is a failure, and says what to do about it", async (t) => {
  const directory = await temporaryDirectory(t);
  const file = join(directory, "file");
  await writeFile(file, "");
  const REASONS: [env: Record<string, string>, says: RegExp][] = [
    [{ PORT: "many" }, /PORT must be a whole number/],
    [
      { HOST: "192.0.2.1" },
      /HOST=192\.0\.2\.1 is no address of this machine\. All of its addresses: HOST=0\.0\.0\.0\.\n$/,
    ],
    [{ HOST: "nowhere.invalid" }, /HOST=nowhere\.invalid is no address of this machine/],
    [{ DATA_DIR: file }, /DATA_DIR=\S+: \S+ is no directory\. Mend that, or choose another directory\.\n$/],
    [{ DATA_DIR: join(file, "data") }, /DATA_DIR=\S+: \S+ is no directory\./],
  ];
  for (const [env, says] of REASONS) {
    const { code, stderr } = await dateline(["serve"], { env: { PORT: "0", DATA_DIR: directory, ...env } });
    assert.equal(code, 1);
    assert.match(stderr, /^Dateline cannot start: ?\n? */);
    assert.match(stderr, says);
  }
});

test("a data directory that the store makes is nobody else's to read", async (t) => {
  const DATA_DIR = join(await temporaryDirectory(t), "data");
  assert.equal((await dateline(["keys", "create", "--name", "x"], { env: { DATA_DIR } })).code, 0);
  assert.equal((await stat(DATA_DIR)).mode & 0o777, 0o700);
});

test("a store that this user may not write to is not taken for a port that it may not use", async (t) => {
  const directory = await temporaryDirectory(t);
  await mkdir(join(directory, "locked"), { mode: 0o555 });
  await mkdir(join(directory, "left"));
  await writeFile(join(directory, "left/dateline.db"), "", { mode: 0o400 });
  for (const DATA_DIR of ["locked", "locked/data", "left"].map((name) => join(directory, name))) {
    const { code, stderr } = await dateline(["serve"], { env: { PORT: "0", DATA_DIR }, prefix: LIKE_OTHERS });
    assert.equal(code, 1);
    assert.match(stderr, /DATA_DIR=\S+: \S+ may not be written to by this user, which is number \d+\./);
  }
});
