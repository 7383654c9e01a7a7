import { fileURLToPath } from "node:url";
import { startService } from "../../client-demo/newsroom/service-process.ts";

// Starts the fake service as the demo starts the real one, and does with it what its argument says.
const service = startService({
  mainPath: fileURLToPath(new URL("./fake-service.js", import.meta.url)),
  env: process.env,
  onLine: (line) => console.log(`service: ${line}`),
});
const address = await service.address;
console.log(`address: ${address}`);

switch (process.argv[2]) {
  case "stop twice":
    service.stop("SIGINT");
    service.stop("SIGTERM");
    break;
  case "throw":
    throw new Error("a fault in the demo");
}
process.exitCode = await service.ended;
