import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Pace } from "./pace.ts";

const spendMany = (pace: Pace, of: { times: number; now: number; person?: string }) =>
  Array.from({ length: of.times }, () => pace.spend(of.person ?? "a", of.now)).filter((wait) => wait === 0)
    .length;

describe("the pace of changes", () => {
  it("lets a burst of 60 through and then asks to wait whole seconds", () => {
    const pace = new Pace();
    expect(spendMany(pace, { times: 100, now: 0 })).toBe(60);
    expect(pace.spend("a", 0)).toBe(1);
  });

  it("gives ten back each second, and never more than a burst", () => {
    const pace = new Pace();
    spendMany(pace, { times: 100, now: 0 });
    expect(spendMany(pace, { times: 100, now: 1000 })).toBe(10);
    expect(spendMany(pace, { times: 100, now: 3_600_000 })).toBe(60);
  });

  it("takes nothing from anybody else", () => {
    const pace = new Pace();
    spendMany(pace, { times: 100, now: 0 });
    expect(spendMany(pace, { times: 100, now: 0, person: "b" })).toBe(60);
  });

  it("gives nothing for a clock that goes back and forth", () => {
    const pace = new Pace();
    spendMany(pace, { times: 100, now: 10_000 });
    expect(pace.spend("a", 0)).toBe(1);
    expect(pace.spend("a", 10_000)).toBe(1);
  });

  it("remembers no more than 10,000 people", () => {
    const pace = new Pace();
    spendMany(pace, { times: 60, now: 0 });
    for (let n = 0; n < 10_000; n += 1) pace.spend(`other ${n}`, 0);
    expect(pace.spend("a", 0)).toBe(0);
  });

  it("never lets more through than a burst and ten a second, whatever the times", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 500 }), { maxLength: 400 }), (gaps) => {
        const pace = new Pace();
        let now = 0;
        let passed = 0;
        for (const gap of gaps) {
          now += gap;
          if (pace.spend("a", now) === 0) passed += 1;
        }
        expect(passed).toBeLessThanOrEqual(60 + (now / 1000) * 10);
      }),
    );
  });
});
