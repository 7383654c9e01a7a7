import { Component } from "preact";
import type { Spoken } from "./spoken.ts";

/** What browsers know that have Trusted Types, and TypeScript does not yet. */
type TrustedTypes = {
  createPolicy(name: string, rules: { createHTML(html: string): string }): { createHTML(html: string): string };
};

/** The only one that the service's own pages allow. On the server, and in other browsers, HTML is text. */
const policy = createPolicy((globalThis as { trustedTypes?: TrustedTypes }).trustedTypes);

/** A partner's page may allow none. If it does not ask for any either, text will do. */
function createPolicy(trustedTypes: TrustedTypes | undefined) {
  try {
    return trustedTypes?.createPolicy("dateline", { createHTML: (html) => html });
  } catch {
    return undefined;
  }
}

type SafeHtmlProps = { html: string; class: string; spoken?: Spoken };

/**
 * The only place where HTML is put into a page as it is. The service made it from Markdown, and it is safe to insert. What
 * has not changed is not drawn again: no trusted text equals another, so it would be inserted anew each time.
 */
export class SafeHtml extends Component<SafeHtmlProps> {
  override shouldComponentUpdate({ html, spoken }: SafeHtmlProps): boolean {
    return html !== this.props.html || spoken?.lang !== this.props.spoken?.lang;
  }

  override render({ html, class: className, spoken }: SafeHtmlProps) {
    return (
      <div
        class={className}
        {...spoken}
        dangerouslySetInnerHTML={{ __html: policy ? policy.createHTML(html) : html }}
      />
    );
  }
}
