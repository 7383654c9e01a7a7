import styles from "./embed-box.css";

const DEFAULT_HEIGHT = "480px";

const box = new CSSStyleSheet();
box.replaceSync(styles);

/** The place that an embed takes on its host page. */
export class EmbedBox {
  /** Where the story is drawn. While it is empty, what the page wrote into the element is seen: the plain link. */
  readonly stage: HTMLElement;
  readonly #element: HTMLElement;
  readonly #size = new CSSStyleSheet();

  constructor(element: HTMLElement) {
    this.#element = element;
    this.stage = Object.assign(document.createElement("div"), { className: "stage" });
    const root = element.attachShadow({ mode: "open" });
    root.append(this.stage, document.createElement("slot"));
    root.adoptedStyleSheets = [box, this.#size];
    this.size(null);
  }

  /** @param height a CSS length, a number of pixels, or `auto`: the usual height, and more of it on request. */
  size(height: string | null): void {
    const length = /^\d+$/.test(height ?? "") ? `${height}px` : (height ?? "");
    const isLength = length !== "auto" && CSS.supports("block-size", length);
    this.#set(isLength ? length : `var(--dateline-height, ${DEFAULT_HEIGHT})`);
  }

  grow(byPx: number): void {
    this.#set(`${Math.ceil(this.#element.getBoundingClientRect().height + byPx)}px`);
  }

  #set(blockSize: string): void {
    this.#size.replaceSync(`:host { block-size: ${blockSize} !important; }`);
  }
}
