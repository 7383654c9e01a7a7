/** The partner's own design, which themes one of the embeds by the properties and parts that these offer. */
export const SITE_STYLES = `
:root { color-scheme: light dark; }
body { margin: 0; background: light-dark(#ffffff, #10161d); color: light-dark(#1c2733, #d8e1ea);
  font: 1.0625rem/1.6 system-ui, sans-serif; }
.ledger-masthead { border-bottom: 3px double currentcolor; padding: 1.25rem 1rem; text-align: center; }
.ledger-name { font: 700 2rem/1 Georgia, serif; }
.ledger { display: grid; grid-template-columns: minmax(0, 1fr); gap: 2rem; max-width: 70rem; margin: 0 auto;
  padding: 1.5rem 1rem 4rem; }
.ledger-frame { width: 100%; border: 0; }
.ledger-weather { --dateline-accent: light-dark(#0b5c8a, #7cc4ef); --dateline-on-accent: light-dark(#ffffff, #06202f);
  --dateline-background: light-dark(#f1f7fb, #16222c); --dateline-radius: 10px; }
.ledger-weather::part(headline) { font-style: italic; }
@media (min-width: 60rem) { .ledger { grid-template-columns: minmax(0, 1fr) 22rem; gap: 3rem; } }
`;

/** What has gathered on old sites: rules for everything, each of them important. An embed must not show any of it. */
export const LEGACY_STYLES = `
* { letter-spacing: 0.02em !important; }
h1, h2, h3 { border-left: 8px solid #c8a415 !important; padding-left: 0.6rem !important; text-transform: uppercase !important;
  font: 800 1.2rem/1.3 "Arial Black", sans-serif !important; }
p { text-indent: 1.5em !important; }
a { background: #ffec80 !important; color: #7a0000 !important; font-weight: 900 !important; }
button { display: none !important; }
section, article, header, footer, ol, li { float: none !important; }
ol, ul, li { display: inline !important; list-style: none !important; margin: 40px !important; }
time, .status, .entry, .embed, .timeline { visibility: hidden !important; font-size: 60px !important; }
live-story { display: inline !important; opacity: 0.4 !important; transform: rotate(2deg) !important; height: 12px !important;
  overflow: visible !important; text-align: right !important; direction: rtl !important; font: 40px/3 fantasy !important; }
`;
