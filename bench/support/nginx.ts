import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { boundToParent, endWithTests } from "../../test/support/children.ts";
import { findProgram } from "../../test/support/debian.ts";
import { eventually } from "../../test/support/eventually.ts";
import { freePort } from "../../test/support/free-port.ts";

export type NginxSettings = {
  /** Before everything else. */
  modules?: string[];
  connections: number;
  /** Of its server. */
  locations: (directory: string) => string;
  /** What to start it with, as `taskset -c 0`. */
  prefix: string[];
};

/** One worker of nginx, as lean as it is: no log, connections kept alive. */
export class Nginx {
  readonly port: number;
  readonly directory: string;
  readonly #process: ChildProcess;

  private constructor(port: number, directory: string, child: ChildProcess) {
    this.port = port;
    this.directory = directory;
    this.#process = child;
  }

  static async start(settings: NginxSettings): Promise<Nginx> {
    const program = findProgram({
      ...{ title: "nginx", neededBy: "measurements beside it", places: ["/usr/sbin/nginx"] },
      ...{ variable: "NGINX", debianPackage: "nginx-light" },
    });
    const directory = await mkdtemp(join(tmpdir(), "dateline-nginx-"));
    const port = await freePort();
    await writeFile(join(directory, "nginx.conf"), configuration(directory, port, settings));
    const [command, ...args] = boundToParent([...settings.prefix, program, "-c", join(directory, "nginx.conf")]);
    const child = spawn(command, args, { stdio: "inherit" });
    endWithTests(child);
    const answers = () =>
      fetch(`http://127.0.0.1:${port}/up`).then(
        ({ ok }) => ok || child.exitCode !== null,
        () => child.exitCode !== null,
      );
    await eventually(answers, (isOver) => isOver);
    if (child.exitCode !== null) throw new Error("nginx did not start; it has said why.");
    return new Nginx(port, directory, child);
  }

  /** Serves texts as files, plain or compressed beforehand. */
  static async serve(files: Record<string, string>, prefix: string[]): Promise<Nginx> {
    const locations = (directory: string) => `
      root ${directory};
      sendfile on; tcp_nopush on; gzip_static on; open_file_cache max=10;
      types { text/html html; application/json json; }`;
    const nginx = await Nginx.start({ connections: 1_024, locations, prefix });
    for (const [name, text] of Object.entries(files)) {
      await writeFile(join(nginx.directory, name), text);
      await writeFile(join(nginx.directory, `${name}.gz`), gzipSync(text, { level: 6 }));
    }
    return nginx;
  }

  get pid(): number {
    if (this.#process.pid === undefined) throw new Error("nginx does not run.");
    return this.#process.pid;
  }

  async end(): Promise<void> {
    if (this.#process.exitCode === null && this.#process.signalCode === null) {
      const exited = once(this.#process, "exit");
      this.#process.kill("SIGKILL");
      await exited;
    }
    await rm(this.directory, { recursive: true, force: true });
  }
}

function configuration(
  directory: string,
  port: number,
  { modules = [], connections, locations }: NginxSettings,
): string {
  return `
${modules.map((file) => `load_module ${file};`).join("\n")}
daemon off;
master_process off;
pid ${directory}/nginx.pid;
error_log stderr error;
events { worker_connections ${connections}; }
http {
  access_log off;
  keepalive_requests 1000000;
  client_body_temp_path ${directory}; proxy_temp_path ${directory}; fastcgi_temp_path ${directory};
  uwsgi_temp_path ${directory}; scgi_temp_path ${directory};
  server {
    listen 127.0.0.1:${port} backlog=4096;
    location = /up { return 200; }
    ${locations(directory)}
  }
}
`;
}
