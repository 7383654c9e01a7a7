export type CurlCall = { method: "POST" | "PATCH"; url: string; key: string; body: unknown };

/** One line that does the same in bash, zsh and sh, whatever the key and the body contain. */
export function curlCommand({ method, url, key, body }: CurlCall): string {
  return [
    // Without the line end, the shell's next prompt would stand behind the answer.
    `curl -sS -w '\\n' -X ${method} ${quoted(url)}`,
    `-H ${quoted(`Authorization: Bearer ${key}`)}`,
    `-H 'Content-Type: application/json'`,
    `-d ${quoted(JSON.stringify(body))}`,
  ].join(" ");
}

/** Nothing is special to a shell between single quotes, except the single quote itself. */
function quoted(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}
