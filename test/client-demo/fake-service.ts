// Stands in for the service's process: announces itself, reports its signals on stderr, ends after the first.
if (process.env.BUSY_PORT === "yes") {
  console.log("Port 3000 is in use.");
  process.exit(1);
}

const open = setInterval(() => {}, 60_000);
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.on(signal, () => {
    console.error(`got ${signal}`);
    clearInterval(open);
  });
}
console.log("a line before");
console.log("Dateline is listening on http://localhost:3000/");
