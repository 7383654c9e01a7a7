import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { boundToParent } from "../../test/support/children.ts";
import { findProgram } from "../../test/support/debian.ts";
import { eventually } from "../../test/support/eventually.ts";
import { freePort } from "../../test/support/free-port.ts";

/** One worker of nginx that serves one page as a file, plain or compressed beforehand. */
export class Nginx {
  readonly url: string;
  readonly #process: ChildProcess;
  readonly #directory: string;

  private constructor(url: string, child: ChildProcess, directory: string) {
    this.url = url;
    this.#process = child;
    this.#directory = directory;
  }

  /** @param prefix what to start it with, as `taskset -c 0`. */
  static async serve(html: string, prefix: string[]): Promise<Nginx> {
    const program = findProgram({
      ...{ title: "nginx", neededBy: "page measurements", places: ["/usr/sbin/nginx"] },
      ...{ variable: "NGINX", debianPackage: "nginx-light" },
    });
    const directory = await mkdtemp(join(tmpdir(), "dateline-nginx-"));
    const port = await freePort();
    await writeFile(join(directory, "page.html"), html);
    await writeFile(join(directory, "page.html.gz"), gzipSync(html, { level: 6 }));
    await writeFile(join(directory, "nginx.conf"), configuration(directory, port));
    const [command = "", ...args] = boundToParent([...prefix, program, "-c", join(directory, "nginx.conf")]);
    const child = spawn(command, args, { stdio: "inherit" });
    const url = `http://127.0.0.1:${port}/page.html`;
    const answers = () =>
      fetch(url).then(
        ({ ok }) => ok,
        () => false,
      );
    await eventually(answers, (isUp) => isUp);
    return new Nginx(url, child, directory);
  }

  async end(): Promise<void> {
    this.#process.kill("SIGTERM");
    await rm(this.#directory, { recursive: true, force: true });
  }
}

/** As lean as nginx is: no log, kept-alive connections, the file's descriptor held open. */
function configuration(directory: string, port: number): string {
  return `
daemon off;
master_process off;
pid ${directory}/nginx.pid;
error_log stderr error;
events { worker_connections 1024; }
http {
  access_log off;
  sendfile on;
  tcp_nopush on;
  keepalive_requests 1000000;
  open_file_cache max=10;
  gzip_static on;
  types { text/html html; }
  client_body_temp_path ${directory}; proxy_temp_path ${directory}; fastcgi_temp_path ${directory};
  uwsgi_temp_path ${directory}; scgi_temp_path ${directory};
  server { listen 127.0.0.1:${port}; root ${directory}; }
}
`;
}
