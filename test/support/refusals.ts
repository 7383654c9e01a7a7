/** What a node has refused because of a limit so far, by reason. */
export async function refusalsOf({ url }: { url: string }): Promise<Record<string, number>> {
  const text = await (await fetch(`${url}/metrics`)).text();
  const counts = [...text.matchAll(/^dateline_refused_total\{reason="(\w+)"\} (\d+)$/gm)];
  return Object.fromEntries(
    counts.filter(([, , count]) => count !== "0").map(([, reason, count]) => [reason, Number(count)]),
  );
}
