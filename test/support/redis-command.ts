import { connect } from "node:net";

/** A Redis that has not answered by then is stopped or gone. */
const ANSWER_TIMEOUT_MS = 5000;

type Reply = { text: string; end: number };

/**
 * One command over a connection of its own, so that tests need no client that reconnects, queues or retries.
 *
 * @returns the reply as text; the elements of an array stand on lines of their own, nothing is an empty text.
 * @throws with Redis's own words for an error reply.
 */
export function redisCommand(port: number, args: string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: "127.0.0.1", noDelay: true });
    let received = Buffer.alloc(0);
    const settle = (step: () => void) => {
      step();
      socket.destroy();
    };
    socket.setTimeout(ANSWER_TIMEOUT_MS, () => settle(() => reject(new Error(`No answer to ${args[0]} in time.`))));
    socket.on("error", reject).on("close", () => reject(new Error(`The connection ended before ${args[0]} did.`)));
    socket.on("data", (chunk) => {
      received = Buffer.concat([received, chunk]);
      try {
        const reply = readReply(received, 0);
        if (reply !== null) settle(() => resolve(reply.text));
      } catch (error) {
        settle(() => reject(error));
      }
    });
    socket.write(encode(args));
  });
}

function encode(args: string[]): string {
  return `*${args.length}\r\n${args.map((arg) => `$${Buffer.byteLength(arg)}\r\n${arg}\r\n`).join("")}`;
}

/** @returns null if the reply has not arrived whole. */
function readReply(bytes: Buffer, start: number): Reply | null {
  const lineEnd = bytes.indexOf("\r\n", start);
  if (lineEnd < 0) return null;
  const line = bytes.toString("utf8", start + 1, lineEnd);
  const next = lineEnd + 2;
  switch (bytes.toString("latin1", start, start + 1)) {
    case "-":
      throw new Error(line);
    case "$": {
      const length = Number(line);
      if (length < 0) return { text: "", end: next };
      const end = next + length;
      return bytes.length < end + 2 ? null : { text: bytes.toString("utf8", next, end), end: end + 2 };
    }
    case "*":
      return readArray(bytes, next, Number(line));
    default:
      return { text: line, end: next };
  }
}

function readArray(bytes: Buffer, start: number, length: number): Reply | null {
  const texts: string[] = [];
  let end = start;
  for (let index = 0; index < length; index += 1) {
    const element = readReply(bytes, end);
    if (element === null) return null;
    texts.push(element.text);
    end = element.end;
  }
  return { text: texts.join("\n"), end };
}
