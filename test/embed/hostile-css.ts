/** What careless and careful pages do to everything on them. */
export const HOSTILE_CSS = `
  * { all: unset !important; }
  html { font-size: 3px; }
  *, *::before, *::after {
    color: lime !important; background: magenta !important; font: 40px/3 fantasy !important; letter-spacing: 1em !important;
    text-transform: uppercase !important; text-align: right !important; direction: rtl !important; float: right !important;
    display: inline !important; visibility: hidden !important; opacity: 0.01 !important; transform: rotate(40deg) !important;
    filter: invert(1) !important; cursor: none !important; padding: 50px !important; height: 3px !important;
    max-height: 3px !important; overflow: visible !important; pointer-events: none !important; columns: 4 !important;
    writing-mode: vertical-rl !important; zoom: 3 !important; position: static !important; white-space: pre !important;
  }
  html, body, main { display: block !important; visibility: visible !important; height: auto !important; max-height: none !important;
    transform: none !important; opacity: 1 !important; writing-mode: horizontal-tb !important; float: none !important; zoom: 1 !important;
    padding: 0 !important; columns: auto !important; filter: none !important; direction: ltr !important; }
  h1 { float: none !important; display: block !important; }
  head, script { display: none !important; }
  section, article, h2, h3, ol, li, button, a { border: 20px solid red !important; margin: 90px !important; }
  .embed, .entry, .timeline, .status, .stage { display: none !important; }
`;
