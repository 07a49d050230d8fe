import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readFixture } from "#server/testing/register-fixtures.ts";
import type { HandoffItem } from "../handoff/item.ts";
import { withLead } from "../handoff/lead.ts";
import { registerOf } from "../handoff/register.ts";
import { statementsIn } from "../numbers/scan.ts";
import { readPlain } from "../read.ts";
import { recordsIn } from "../records.ts";
import { generateHandoff, type HandoffFacts, handoffOf } from "./generate-handoff.ts";

const ITEMS = recordsIn(readPlain(readFixture("handoff.md"), "h.md")).flatMap(({ content }) =>
  content.kind === "item" ? [content.item] : [],
);
const ID = fc.constantFrom("D-087", "SEC-003", "V-2", "DOCFIX-112", "KI-P4-007");
const STATE = fc.constantFrom("open", "in_progress", "deferred", "retired", "waiting", "stale");
const WORD = fc.stringMatching(/^[a-z][a-z0-9]{0,9}$/);
const ITEM = fc
  .tuple(fc.constantFrom(...ITEMS), STATE, fc.array(WORD, { minLength: 1, maxLength: 12 }))
  .map(([item, state, words]): HandoffItem => withLead({ ...item, title: words.join(" ") }, state));
const FACTS: fc.Arbitrary<HandoffFacts> = fc.record({
  day: fc.constantFrom("2026-09-18", "2027-01-01"),
  items: fc.array(fc.oneof(fc.constantFrom(...ITEMS), ITEM), { maxLength: 40 }),
  nextFree: fc.uniqueArray(fc.constantFrom("D-093", "DOCFIX-112", "SEC-010", "FLEX-WP-0008"), {
    maxLength: 4,
  }),
  openDecisions: fc.array(ID, { maxLength: 40 }),
  openRows: fc.array(ID, { maxLength: 4 }),
  failingChecks: fc.array(ID, { maxLength: 4 }),
  overdue: fc.nat(99),
  unowned: fc.nat(99),
});

function registerIn(text: string) {
  const document = readPlain(text, "h.md");
  if (document.content.kind !== "handoff") throw new Error(`read as ${document.content.kind}`);
  expect(document.unplaced).toEqual([]);
  return registerOf(document.content.handoff);
}

describe("a handoff that is made of the registers", () => {
  it("imports back as the same, whatever stands in them", () => {
    fc.assert(
      fc.property(FACTS, (facts) => {
        expect(registerIn(generateHandoff(facts))).toEqual(handoffOf(facts));
      }),
      { numRuns: 300 },
    );
  });

  it("gives every item a number of its own, and says the next free ones", () => {
    fc.assert(
      fc.property(FACTS, (facts) => {
        const document = readPlain(generateHandoff(facts), "h.md");
        const ids = recordsIn(document).map(({ code }) => code);
        expect(new Set(ids).size).toBe(facts.items.length);
        const said = statementsIn(document).filter(({ claim }) => claim === "next_free");
        expect(said.map(({ id }) => id)).toEqual(facts.nextFree);
      }),
      { numRuns: 100 },
    );
  });

  it("of nothing is a register all the same", () => {
    const none = {
      day: "2026-09-18",
      items: [],
      nextFree: [],
      openDecisions: [],
      openRows: [],
      failingChecks: [],
    };
    const register = registerIn(generateHandoff({ ...none, overdue: 0, unowned: 0 }));
    expect(register.sections).toHaveLength(6);
    expect(register.snapshot).toContain("0 items open");
  });
});
