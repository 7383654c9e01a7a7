import type { NodeProcess } from "../../support/node-process.ts";
import { ADMIN_KEY } from "../../support/service.ts";

export type Reply = {
  status: number;
  headers: Headers;
  body: { code?: string; position?: string; entry?: { id: string } };
};

/** One command of an editor, once: what comes of it is the test's to judge. */
export async function ask(
  { url }: NodeProcess,
  method: string,
  path: string,
  { body, key }: { body?: object; key?: string } = {},
): Promise<Reply> {
  const response = await fetch(`${url}/api/v1/stories/election${path}`, {
    method,
    headers: {
      Authorization: `Bearer ${ADMIN_KEY}`,
      "Content-Type": "application/json",
      ...(key !== undefined && { "Idempotency-Key": key }),
    },
    ...(body && { body: JSON.stringify(body) }),
  });
  return { status: response.status, headers: response.headers, body: (await response.json()) as Reply["body"] };
}
