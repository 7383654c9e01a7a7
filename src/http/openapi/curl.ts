import type { Method } from "../../protocol/openapi.ts";
import { ENTRY_ID, PATH_EXAMPLES, QUERY_EXAMPLES } from "./examples.ts";
import type { Call } from "./operation.ts";

/**
 * A command that makes the call when it is pasted into a shell, after those of the calls before it in the document.
 * `$ADMIN_KEY` is the reader's own; `$ENTRY` was set when the entry was published.
 */
export function curlCommand(site: string, method: Method, path: string, { key, body, id }: Call): string {
  const address = path.replace(/\{(\w+)\}/g, (_, name: string) => PATH_EXAMPLES[name] ?? name);
  const verb = method === "get" ? [] : [`-X ${method.toUpperCase()}`];
  const parts = [
    ["curl -sS", ...verb, `"${site}${address}${QUERY_EXAMPLES[id] ?? ""}"`].join(" "),
    ...(key && key !== "optional" ? [`-H "Authorization: Bearer $ADMIN_KEY"`] : []),
    ...(body ? [`-H 'Content-Type: application/json'`, `-d ${quoted(JSON.stringify(body.example))}`] : []),
  ];
  return parts.join(" \\\n  ");
}

/** Asks the service itself for what the next command needs; with nothing but what every shell has. */
export function assigning(variable: string, url: string, field: string): string {
  return `${variable}=$(curl -sS "${url}" | grep -o '"${field}":"[^"]*' | head -n 1 | cut -d '"' -f 4)`;
}

/** Nothing is special to a shell between single quotes, except the single quote itself. */
function quoted(word: string): string {
  return `'${word.replaceAll("'", `'\\''`).replaceAll(ENTRY_ID, `'"$ENTRY"'`)}'`;
}
