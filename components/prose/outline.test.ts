import { expect, test } from "vitest";
import { headingId, listHeadings, withoutTitle } from "./outline.ts";

test.each([
  ["## The idea", [{ depth: 2, text: "The idea", id: "the-idea" }]],
  ["### What `admin` is ##", [{ depth: 3, text: "What admin is", id: "what-admin-is" }]],
  ["```sh\n# not a heading\n```\n# A heading", [{ depth: 1, text: "A heading", id: "a-heading" }]],
  ["~~~\n```\n# inside\n~~~\n## after", [{ depth: 2, text: "after", id: "after" }]],
  ["#no blank", []],
  ["plain", []],
])("the headings of %j", (markdown, headings) => {
  expect(listHeadings(markdown)).toEqual(headings);
});

test.each([
  ["Stage 6/7: The cluster", "stage-6-7-the-cluster"],
  ["???", "part"],
])("%j is found at #%s", (text, id) => {
  expect(headingId(text)).toBe(id);
});

test.each([
  ["\n# Title\n\nText", "\nText"],
  ["Text\n# Later\n", "Text\n# Later\n"],
  ["## Second\n", "## Second\n"],
])("the title leaves %j", (markdown, rest) => {
  expect(withoutTitle(markdown)).toBe(rest);
});
