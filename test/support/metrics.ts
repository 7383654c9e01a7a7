/** What a service says of itself at `/metrics`. */
export class MetricsText {
  readonly #text: string;

  private constructor(text: string) {
    this.#text = text;
  }

  static async read(url: string): Promise<MetricsText> {
    return new MetricsText(await (await fetch(`${url}/metrics`)).text());
  }

  /** Of one series, such as `dateline_joins_total{mode="snapshot"}`; labels that are not named do not matter. Summed. */
  value(series: string): number {
    const [, name = "", labels = ""] = /^(\w+)(?:\{(.*)\})?$/.exec(series) ?? [];
    const wanted = labels.split(",").filter(Boolean);
    const values = this.#text.split("\n").flatMap((line) => {
      const [, own, ownLabels = "", value] = /^(\w+)(?:\{(.*)\})? (\S+)$/.exec(line) ?? [];
      return own === name && wanted.every((label) => ownLabels.split(",").includes(label)) ? [Number(value)] : [];
    });
    return values.reduce((sum, value) => sum + value, 0);
  }

  /** Every name that a query may use, with what histograms and summaries make of theirs. */
  get names(): Map<string, string> {
    const names = new Map<string, string>();
    for (const [, name = "", type = ""] of this.#text.matchAll(/^# TYPE (\w+) (\w+)$/gm)) {
      names.set(name, type);
      if (type !== "histogram" && type !== "summary") continue;
      for (const suffix of ["_bucket", "_sum", "_count"]) names.set(`${name}${suffix}`, type);
    }
    return names;
  }
}

/** Whether the service has given up a reader that took nothing. */
export async function hasSlowReader(url: string): Promise<boolean> {
  return (await MetricsText.read(url)).value("dateline_slow_readers_total") > 0;
}
