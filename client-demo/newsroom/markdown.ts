/** Markdown written inside indented code: the indentation that all lines share is taken away. */
export function markdown(text: TemplateStringsArray): string {
  const lines = text.join("").split("\n");
  const indents = lines.filter((line) => line.trim() !== "").map((line) => line.search(/\S/));
  const shared = Math.min(...indents);
  return lines
    .map((line) => line.slice(shared))
    .join("\n")
    .trim();
}
