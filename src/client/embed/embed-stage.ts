import styles from "../../view/styles/embed.css";

const sheet = new CSSStyleSheet();
sheet.replaceSync(styles);

/** A constructed sheet is nothing that a page's security policy has to allow, and all embeds share it. */
export function adoptStyles(stage: HTMLElement): void {
  const root = stage.getRootNode() as ShadowRoot;
  if (!root.adoptedStyleSheets.includes(sheet)) root.adoptedStyleSheets.push(sheet);
}

/** Whoever follows a link, also in the text of an entry, does not leave the page that they are reading. */
export function openLinksApart(stage: HTMLElement, signal: AbortSignal): void {
  const open = ({ target }: Event) => {
    const link = target instanceof Element ? target.closest("a") : null;
    if (link) Object.assign(link, { target: "_blank", rel: "noopener" });
  };
  stage.addEventListener("click", open, { signal });
}
