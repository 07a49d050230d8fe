import { describe, expect, it } from "vitest";
import { layOut } from "./graph-layout.ts";

const edge = (text: string) => {
  const [from = "", to = ""] = text.split(">");
  return { from, to };
};

describe("the drawing of what waits for what", () => {
  it.each<[string[], string[], Record<string, number>]>([
    [["a"], [], { a: 0 }],
    [["a", "b"], ["a>b"], { a: 1, b: 0 }],
    [["a", "b", "c"], ["a>b", "b>c", "a>c"], { a: 2, b: 1, c: 0 }],
    [["a", "b", "c"], ["b>a", "c>a"], { a: 0, b: 1, c: 1 }],
  ])("of %j with %j has what is awaited further left", (nodes, edges, columns) => {
    const { places } = layOut(nodes, edges.map(edge));
    expect(Object.fromEntries([...places].map(([id, { column }]) => [id, column]))).toEqual(columns);
  });

  it("of a circle ends, and no two stand at one place", () => {
    const { places, columns, rows } = layOut(["a", "b", "c"], ["a>b", "b>c", "c>a", "a>a"].map(edge));
    expect(new Set([...places.values()].map(({ column, row }) => `${column} ${row}`)).size).toBe(3);
    expect(columns * rows).toBeGreaterThanOrEqual(3);
  });
});
