import { renderToStaticMarkup } from "react-dom/server";
import { expect, it } from "vitest";
import { Prose } from "./prose.tsx";

/** Documents made to run, load or pretend something. */
const HOSTILE: [string, string][] = [
  ["a script", "<script>alert(1)</script>"],
  ["a handler", "<img src=x onerror=alert(1)>"],
  ["raw HTML over lines", "<div>\n\n<svg onload=alert(1)>\n\n</div>"],
  ["a style", "<style>*{display:none}</style>"],
  ["a base", "<base href=//evil.example>"],
  ["a frame", "<iframe srcdoc='<script>alert(1)</script>'></iframe>"],
  ["mathematics", "<math><mtext><img src=x onerror=alert(1)></mtext></math>"],
  ["a script's address", "[x](javascript:alert(1))"],
  ["one in capitals", "[x](JaVaScRiPt:alert(1))"],
  ["one with a tab", "[x](java\tscript:alert(1))"],
  ["one by entities", "[x](&#106;avascript&#58;alert(1))"],
  ["one of VBScript", "[x](vbscript:msgbox(1))"],
  ["one of data", "[x](data:text/html,<script>alert(1)</script>)"],
  ["an automatic one", "<javascript:alert(1)>"],
  ["one by reference", "[x][y]\n\n[y]: javascript:alert(1)"],
  ["an image of a script", "![x](javascript:alert(1))"],
  ["an image elsewhere", "![x](https://evil.example/pixel.png)"],
  ["an image that leaves its attribute", '![x" onerror="alert(1)](y)'],
  ["a title that leaves its attribute", `[x](https://a.example "' onmouseover='alert(1)")`],
  ["a link in a link", "[a [b](javascript:alert(1)) c](https://a.example)"],
  ["a footnote named like an API", "x[^constructor]\n\n[^constructor]: <b onclick=alert(1)>y</b>"],
  ["code named by a handler", '```"><img src=x onerror=alert(1)>\ny\n```'],
];

it.each(HOSTILE)("makes nothing of %s but text", (_what, source) => {
  const html = renderToStaticMarkup(<Prose markdown={source} under="page" />);
  expect(html.length).toBeGreaterThan(60);
  const tags = html.match(/<[^>]*>/g) ?? [];
  for (const tag of tags) {
    expect(tag).not.toMatch(/^<\/?(script|img|style|base|iframe|math|b|object|embed|form)\b/i);
    // The icon of our own copy button is the only drawing.
    if (tag.startsWith("<svg")) expect(tag).toContain("lucide");
    // An attribute's value is quoted by React; a handler would stand outside of quotes.
    expect(tag.replaceAll(/"[^"]*"/g, '""')).not.toMatch(/\son\w+=/i);
    expect(tag).not.toMatch(/\s(?:href|src|action)="\s*(?!https?:|mailto:|[#/"])[^"]*:/i);
    expect(tag).not.toContain("javascript:");
    expect(tag).not.toMatch(/src="[^"]*evil/);
  }
  const ids = [...html.matchAll(/\sid="([^"]*)"/g)].map(([, id]) => id);
  expect(ids).not.toContain("constructor");
});
