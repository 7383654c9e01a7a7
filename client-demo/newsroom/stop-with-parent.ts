import { isMainThread } from "node:worker_threads";

// Loaded into the service's process before the service. Its standard input is a pipe that the demo holds and never
// writes to: it ends when the demo is gone, even if the demo was killed and could tell nobody.
if (isMainThread) {
  process.stdin.once("end", () => process.kill(process.pid, "SIGTERM"));
  process.stdin.resume();
  process.stdin.unref();
}
