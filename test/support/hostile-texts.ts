/** What was found to run script, or to break out of where it stands, in one program or another. */
export const HOSTILE_TEXTS = [
  ...["<script>ran()</script>", "<img src=x onerror=ran()>", "<svg onload=ran()>", "<svg><script>ran()</script></svg>"],
  ...[
    "<body onload=ran()>",
    "<iframe srcdoc='<script>parent.ran()</script>'>",
    "<math><mtext><img src=x onerror=ran()>",
  ],
  ...["</script><script>ran()</script>", "</title><script>ran()</script>", "</style><img src=x onerror=ran()>"],
  ...[
    "<!--<script>",
    "--><script>ran()</script>",
    "<!--><img src=x onerror=ran()>",
    "]]><script>ran()</script>",
    "]]>",
  ],
  ...[
    "<![CDATA[<script>ran()</script>]]>",
    "<?xml version='1.0'?><!DOCTYPE x [<!ENTITY y SYSTEM 'file:///etc/passwd'>]>",
  ],
  ...[
    '"><script>ran()</script>',
    "'><script>ran()</script>",
    '" onmouseover="ran()" x="',
    "' autofocus onfocus=ran() '",
  ],
  ...[
    "&lt;script&gt;ran()&lt;/script&gt;",
    "&#60;script&#62;ran()&#60;/script&#62;",
    "&amp;lt;img src=x onerror=ran()&amp;gt;",
  ],
  ...["<scr<script>ipt>ran()</scr</script>ipt>", "<IMG SRC=JaVaScRiPt:ran()>", "<a href=javascript:ran()>a</a>"],
  ...[
    "\\u003cscript\\u003eran()\\u003c/script\\u003e",
    "\u2028ran()\u2029",
    "#{ran()}",
    "{{constructor.constructor('ran()')()}}",
  ],
  ...[
    "\u202escript\u202c",
    "\ufeff<script>ran()</script>",
    "\uff1cscript\uff1eran()\uff1c/script\uff1e",
    "a\u0000b<script>",
  ],
  ...[
    "<base href=https://evil.example/>",
    "<meta http-equiv=refresh content='0;url=javascript:ran()'>",
    "<form id=x action=//evil.example>",
  ],
  ...["<template><img src=x onerror=ran()></template>", "<noscript><p title='</noscript><img src=x onerror=ran()>'>"],
  ...[
    "<select><noembed></select><img src=x onerror=ran()></noembed>",
    "<x style='animation-name:x' onanimationstart=ran()>",
  ],
];

/** Markdown that other renderers, or earlier versions of ours, let through. */
export const HOSTILE_MARKDOWN = [
  ...["[a](javascript:ran())", "[a](JaVaScRiPt:ran())", "[a](java\nscript:ran())", "[a](java&Tab;script:ran())"],
  ...[
    "[a](&#106;avascript:ran())",
    "[a](\\javascript:ran())",
    "[a](\u0001javascript:ran())",
    "[a](%6Aavascript:ran())",
  ],
  ...["[a](data:text/html,<script>ran()</script>)", "[a](data:text/html;base64,PHNjcmlwdD5yYW4oKTwvc2NyaXB0Pg==)"],
  ...["[a](vbscript:ran())", "[a](file:///etc/passwd)", "[a](//evil.example)", "[a](/admin)", "[a](#x)", "[a](blob:x)"],
  ...["<javascript:ran()>", "<data:text/html,x>", "[a]: javascript:ran()\n\n[a]", "[a]: <javascript:ran()>\n\n[a][a]"],
  ...["![a](https://evil.example/x.png)", "![a](javascript:ran())", "![a][b]\n\n[b]: https://evil.example/x.png"],
  ...['[a](https://e.example "\\" onmouseover=ran() x=\\"")', "[a](https://e.example '\"><script>ran()</script>')"],
  ...[
    '[a](https://e.example/"onmouseover=ran())',
    "[a](https://e.example/<script>ran()</script>)",
    "[<img src=x onerror=ran()>](https://e.example)",
  ],
  ...[
    '[a](https://e.example\\"onclick=ran())',
    '<https://e.example/"onclick=ran()>',
    "[a](mailto:x?body=<script>ran()</script>)",
  ],
  ...[
    "`<script>ran()</script>`",
    "```html\n<script>ran()</script>\n```",
    "    <script>ran()</script>",
    "~~~\n</textarea>",
  ],
  ...[
    "# <img src=x onerror=ran()>",
    "> <script>ran()</script>",
    "- <svg onload=ran()>",
    "1. </li></ol><script>ran()</script>",
  ],
  ...[
    "<div\nonclick=ran()\n>text",
    "<script\n>\nran()\n</script\n>",
    "\\<script>ran()</script>",
    "**<b onclick=ran()>**",
  ],
];

/** What no field that holds an address may hold: a scheme of another kind, or none. */
export const HOSTILE_URLS = [
  ...[
    "javascript:ran()",
    "JAVASCRIPT:ran()",
    " javascript:ran()",
    "java\tscript:ran()",
    "data:image/svg+xml,<svg onload=ran()>",
  ],
  ...[
    "data:text/html,x",
    "vbscript:ran()",
    "file:///etc/passwd",
    "ftp://e.example/x",
    "//e.example/x.png",
    "/x.png",
    "x.png",
  ],
  ...[
    "blob:https://e.example/x",
    "filesystem:https://e.example/x",
    "about:blank",
    "https:",
    "https://",
    "http:/\\",
    "https://[",
    "",
  ],
];
