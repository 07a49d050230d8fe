import { renderToStaticMarkup } from "react-dom/server";
import { describe, expect, it } from "vitest";
import { samplePlan } from "#server/testing/sample-plan.ts";
import { PlanSteps } from "./plan-steps.tsx";

const HIDDEN: [string, string, string][] = [
  ["a right-to-left override", "\u202e", "U+202E"],
  ["an isolate", "\u2066", "U+2066"],
  ["an Arabic letter mark", "\u061c", "U+061C"],
  ["a zero-width space", "\u200b", "U+200B"],
  ["a zero-width joiner", "\u200d", "U+200D"],
  ["a word joiner", "\u2060", "U+2060"],
  ["a byte order mark", "\ufeff", "U+FEFF"],
  ["a soft hyphen", "\u00ad", "U+00AD"],
  ["a tag character", "\u{e0041}", "U+E0041"],
  ["a variation selector", "\ufe0f", "U+FE0F"],
  ["a line separator", "\u2028", "U+2028"],
  ["a Hangul filler", "\u3164", "U+3164"],
  ["an 8-bit control", "\u009b", "U+009B"],
];

/** A plan whose every text that a person reads holds this. */
function planWith(text: string) {
  const plan = samplePlan();
  const steps = plan.steps.map((step) => ({
    ...step,
    words: { ...step.words, title: `t${text}t`, says: `s${text}s`, revert: `r${text}r` },
    calls: step.calls.map((call) => ({
      ...call,
      path: `/p${text}p`,
      headers: { "x-h": `h${text}h` },
      body: { [`k${text}k`]: [`v${text}v`] },
    })),
  }));
  return { ...plan, steps };
}

const markup = (text: string) =>
  renderToStaticMarkup(<PlanSteps steps={planWith(text).steps} />)
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">");

describe("what a reviewer reads", () => {
  it.each(HIDDEN)("writes out %s", (_what, char, name) => {
    const html = markup(char);
    expect(html).not.toContain(char);
    for (const place of ["t", "s", "r", "/p", "h", "k", "v"]) {
      expect(html, place).toMatch(new RegExp(`${place}<span[^>]*>(<${name.replace("+", "\\+")}>)</span>`));
    }
  });

  it.each([
    ["a carriage return", "\r", "\\r", "^M"],
    ["a backspace", "\b", "\\b", "^H"],
    ["a line end", "\n", "\\n", "^J"],
    ["an escape", "\u001b", "\\u001b", "^["],
  ])("writes out %s", (...[, char, inJson, inText]) => {
    const html = markup(char);
    expect(html.split(char).length).toBe(markup("x").split(char).length);
    expect(html).toContain(`v${inJson}v`);
    expect(html).toContain(inText);
  });

  it("leaves letters of any script as they are", () => {
    for (const text of [
      "\u00e4\u00f6\u00fc",
      " \u0434\u0430 ",
      " \u03b1\u03b2\u03b3, ",
      "\u65e5\u672c",
      "\u05e9\u05dc\u05d5\u05dd",
      "a\tb",
    ]) {
      expect(markup(text)).toContain(`s${text}s`);
    }
  });

  it.each([
    ["a Cyrillic letter", "\u0430", "U+0430"],
    ["a Greek one", "\u03bf", "U+03BF"],
    ["an Armenian one", "\u0585", "U+0585"],
    ["a wide one", "\uff41", "U+FF41"],
    ["a mathematical one", "\u{1d41a}", "U+1D41A"],
  ])("marks %s in a word of Latin ones", (_what, char, name) => {
    const html = markup(char);
    for (const place of ["t", "s", "r", "p", "h", "k", "v"]) {
      expect(html, place).toMatch(
        new RegExp(`${place}<span[^>]*looks like[^>]*>${char}<${name.replace("+", "\\+")}></span>`, "u"),
      );
    }
  });

  it("shows a look-alike reference as the text that it is", () => {
    expect(markup("{{secret\u200b:password}}")).not.toMatch(/A sealed secret/);
  });
});
