import { describe, expect, it } from "vitest";
import { cutNumbers, numberHref, numberOf } from "./number-words.ts";

describe("numbers in a text", () => {
  it.each([
    ["R-3 and D-064, DOCFIX-082.", ["R-3", "D-064", "DOCFIX-082"]],
    ["(SEC-001)", ["SEC-001"]],
    ["FLEX-WP-0007", ["FLEX-WP-0007"]],
    ["UTF-8 SHA-256 RFC-3161 CVE-2024", []],
    ["x-R-3 a/R-3 R-3x9 1R-3", []],
    ["", []],
  ])("%j are %j", (text, numbers) => {
    const parts = cutNumbers(text);
    expect(parts.filter(({ isNumber }) => isNumber).map((part) => part.text)).toEqual(numbers);
    expect(parts.map((part) => part.text).join("")).toBe(text);
  });

  it("have an address of their own", () => {
    expect(numberOf(numberHref("R-3"))).toBe("R-3");
    expect(numberOf("https://example.org/registers/code/R-3")).toBeNull();
  });
});
