/** Says on stderr what is going on: in place on a terminal, a line each elsewhere. Nothing ends it. */
export function progress(what: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${what.slice(0, (process.stderr.columns ?? 80) - 1)}`);
  else if (what !== "") console.error(what);
}
