import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

const css = readFileSync(new URL("../../app/globals.css", import.meta.url), "utf8");

function tokensOf(selector: string): Map<string, string> {
  const start = css.indexOf(`${selector} {`);
  const block = css.slice(start, css.indexOf("\n}", start));
  return new Map([...block.matchAll(/--([\w-]+): (#[0-9a-f]{6});/g)].map((m) => [m[1] ?? "", m[2] ?? ""]));
}

// WCAG 2.2, relative luminance and contrast ratio.
function luminance(hex: string): number {
  const channel = (at: number) => {
    const c = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  };
  return 0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5);
}

function contrast(a: string, b: string): number {
  const [hi = 0, lo = 0] = [luminance(a), luminance(b)].toSorted((x, y) => y - x);
  return (hi + 0.05) / (lo + 0.05);
}

const grounds = ["canvas", "surface", "raised", "sunken", "hover"];
const states = ["ok", "bad", "run", "wait", "fix", "unsure", "idle"];
const rules: { text: string; on: string[]; least: number }[] = [
  { text: "ink", on: [...grounds, "accent-soft", ...states.map((s) => `${s}-soft`)], least: 7 },
  { text: "ink-2", on: [...grounds, "accent-soft", ...states.map((s) => `${s}-soft`)], least: 4.5 },
  { text: "ink-3", on: grounds, least: 4.5 },
  { text: "accent-ink", on: [...grounds, "accent-soft"], least: 4.5 },
  { text: "on-accent", on: ["accent", "accent-hover", "danger", "danger-hover"], least: 4.5 },
  { text: "control", on: ["surface", "raised", "canvas"], least: 3 },
  ...states.map((s) => ({ text: s, on: [...grounds, `${s}-soft`], least: 7 })),
  ...states.map((s) => ({ text: `${s}-mark`, on: [...grounds, `${s}-soft`], least: 3 })),
  ...[1, 2, 3, 4, 5, 6, 7].map((n) => ({ text: `sgr-${n}`, on: ["sunken", "surface"], least: 4.5 })),
];

describe.each([":root", '[data-theme="dark"]'])("contrast in %s", (selector) => {
  const tokens = tokensOf(selector);
  it.each(rules)("$text on $on is at least $least", ({ text, on, least }) => {
    for (const ground of on) {
      const [a, b] = [tokens.get(text), tokens.get(ground)];
      if (a === undefined || b === undefined) throw new Error(`no token ${text} or ${ground} in ${selector}`);
      expect.soft(contrast(a, b), `${text} on ${ground}`).toBeGreaterThanOrEqual(least);
    }
  });
});
