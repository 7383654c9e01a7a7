/** Copies what a button stands beside. Without this, it can still be selected. */
const COPIED_MS = 2_000;

for (const button of document.querySelectorAll<HTMLButtonElement>("button[data-copy]")) {
  const source = document.getElementById(button.dataset.copy ?? "");
  if (!(source instanceof HTMLTextAreaElement) || !navigator.clipboard) continue;
  const words = button.textContent;
  button.hidden = false;
  button.addEventListener("click", async () => {
    source.select();
    await navigator.clipboard.writeText(source.value);
    button.textContent = "Copied";
    setTimeout(() => {
      button.textContent = words;
    }, COPIED_MS);
  });
}
