import { describe, expect, it } from "vitest";
import { type Compared, compareRecords } from "../compare.ts";
import { itemFields, itemKey } from "./compare.ts";
import type { HandoffItem } from "./item.ts";

const item = (id: string, title: string, body = "b"): HandoffItem => {
  const parts: HandoffItem["parts"] = [{ kind: "text", label: null, text: body }];
  return { id, kind: "H", refsText: null, title, trigger: null, parts };
};
const later = (title: string, trigger: string): HandoffItem => {
  return { id: "deferred-1", kind: "deferred", refsText: null, title, trigger, parts: [] };
};

const of = (items: readonly HandoffItem[]): Compared[] =>
  items.map((one) => ({ key: itemKey(one), code: one.id, fields: new Map(itemFields(one)) }));

describe("a document that is imported again", () => {
  const A = item("H-1", "a");
  it.each<[string, HandoffItem[], HandoffItem[], HandoffItem[], string[]]>([
    ["nothing changed", [A], [A], [A], []],
    ["wrapped anew", [A], [item("H-1", "a", "b")], [A], []],
    ["theirs", [A], [item("H-1", "x")], [A], ["H-1 changed theirs"]],
    ["ours", [A], [A], [item("H-1", "x")], ["H-1 changed ours"]],
    ["both the same", [A], [item("H-1", "x")], [item("H-1", "x")], ["H-1 changed both"]],
    ["both, differently", [A], [item("H-1", "x")], [item("H-1", "y")], ["H-1 changed conflict"]],
    ["different fields", [A], [item("H-1", "x")], [item("H-1", "a", "c")], ["H-1 changed theirs"]],
    ["added there", [], [A], [], ["H-1 added theirs"]],
    ["added here", [], [], [A], ["H-1 added ours"]],
    ["added in both the same", [], [A], [A], ["H-1 added both"]],
    ["added in both, differently", [], [A], [item("H-1", "x")], ["H-1 added conflict"]],
    ["removed there", [A], [], [A], ["H-1 removed theirs"]],
    ["removed here", [A], [A], [], ["H-1 removed ours"]],
    ["removed in both", [A], [], [], ["H-1 removed both"]],
    ["removed there, changed here", [A], [], [item("H-1", "x")], ["H-1 removed conflict"]],
    [
      "a deferred one moved",
      [later("x", "1")],
      [later("y", "2"), { ...later("x", "1"), id: "deferred-2" }],
      [later("x", "1")],
      ["deferred-1 added theirs"],
    ],
  ])("%s", (_name, ...[base, theirs, ours, expected]) => {
    const changes = compareRecords({ base: of(base), theirs: of(theirs), ours: of(ours) });
    expect(changes.map(({ code, change, side }) => `${code} ${change} ${side}`)).toEqual(expected);
  });
});
