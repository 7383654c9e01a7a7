import { Component } from "preact";

/** What browsers know that have Trusted Types, and TypeScript does not yet. */
type TrustedTypes = {
  createPolicy(name: string, rules: { createHTML(html: string): string }): { createHTML(html: string): string };
};

/** The only one that the service's own pages allow. On the server, and in other browsers, HTML is text. */
const policy = (globalThis as { trustedTypes?: TrustedTypes }).trustedTypes?.createPolicy("dateline", {
  createHTML: (html) => html,
});

type SafeHtmlProps = { html: string; class: string };

/**
 * The only place where HTML is put into a page as it is. The service made it from Markdown, and it is safe to insert. What
 * has not changed is not drawn again: no trusted text equals another, so it would be inserted anew each time.
 */
export class SafeHtml extends Component<SafeHtmlProps> {
  override shouldComponentUpdate({ html }: SafeHtmlProps): boolean {
    return html !== this.props.html;
  }

  override render({ html, class: className }: SafeHtmlProps) {
    return <div class={className} dangerouslySetInnerHTML={{ __html: policy ? policy.createHTML(html) : html }} />;
  }
}
