/**
 * The only place where HTML is put into a page as it is. The service made it from Markdown and it is safe to insert; a
 * Trusted Types policy belongs here.
 */
export function SafeHtml({ html, class: className }: { html: string; class: string }) {
  return <div class={className} dangerouslySetInnerHTML={{ __html: html }} />;
}
