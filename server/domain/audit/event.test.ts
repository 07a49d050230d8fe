import { describe, expect, it } from "vitest";
import { linesOf, logOf } from "#server/testing/audit-log.ts";
import { readRecord } from "./event.ts";

const [, line = ""] = linesOf(logOf(1));

describe("a line of an export", () => {
  it("is an entry with the hash that it names", () => {
    expect(readRecord(line)).toMatchObject({ kind: "record", record: { event: { seq: 1 } } });
  });

  it.each([
    ["nothing", "", "is no JSON"],
    ["half a line", line.slice(0, -1), "is no JSON"],
    ["a space more", line.replace(":", ": "), "canonical form"],
    ["a number", "1", "members of an entry"],
    ["a list", "[]", "members of an entry"],
    ["null", "null", "members of an entry"],
    ["no event", "{}", "members of an entry"],
    ["an event that is a list", '{"event":[],"hash":""}', "members of an entry"],
    ["an event that is a text", '{"event":"","hash":""}', "members of an entry"],
    ["another member", line.replace('{"event"', '{"also":1,"event"'), "members of an entry"],
    ["another action", line.replace(/"action":"[^"]*"/, '"action":"job.start"'), "was changed"],
  ])("is none: %s", (_what, text, says) => {
    expect(readRecord(text)).toMatchObject({ kind: "bad", says: expect.stringContaining(says) });
  });
});
