import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { openLanes } from "./lanes.ts";

const LANES = 1000;

describe("openLanes", () => {
  it("keeps the order of each lane, runs one piece of it at a time, and finishes everything", () => {
    const work = fc.array(fc.tuple(fc.integer({ min: 0, max: 6 }), fc.nat()), { maxLength: 60 });
    fc.assert(
      fc.property(
        work,
        fc.integer({ min: 1, max: 5 }),
        fc.infiniteStream(fc.nat()),
        (items, atOnce, choices) => {
          const lanes = openLanes<number>();
          items.forEach(([lane], at) => lanes.add(String(lane), at));
          const running: { lane: string; item: number }[] = [];
          const begun = new Map<string, number[]>();
          for (;;) {
            const next = running.length < atOnce ? lanes.next() : null;
            if (next !== null) {
              expect(running.some(({ lane }) => lane === next.lane)).toBe(false);
              running.push(next);
              begun.set(next.lane, [...(begun.get(next.lane) ?? []), next.item]);
              continue;
            }
            const choice = Number(choices.next().value);
            const [ended] = running.splice(choice % Math.max(1, running.length), 1);
            if (ended === undefined) break;
            lanes.done(ended.lane);
          }
          for (const [lane, order] of begun) {
            expect(order).toEqual(items.flatMap(([of], at) => (String(of) === lane ? [at] : [])));
          }
          expect([...begun.values()].flat()).toHaveLength(items.length);
        },
      ),
    );
  });

  it(`begins each of ${LANES} lanes once before any a second time, however much one of them has`, () => {
    const lanes = openLanes<number>();
    for (let piece = 0; piece < 5000; piece += 1) lanes.add("greedy", piece);
    for (let lane = 0; lane < LANES; lane += 1)
      for (let piece = 0; piece < 3; piece += 1) lanes.add(String(lane), piece);
    const begun = new Map<string, number>();
    for (let next = lanes.next(); next !== null; next = lanes.next()) {
      const times = (begun.get(next.lane) ?? 0) + 1;
      begun.set(next.lane, times);
      const least = Math.min(times, 3);
      // Nobody is more than one turn behind who still has work.
      if (times > 1 && times <= 3) {
        const behind = [...Array(LANES).keys()].filter((lane) => (begun.get(String(lane)) ?? 0) < least - 1);
        expect(behind).toEqual([]);
      }
      lanes.done(next.lane);
      if (times > 4 && next.lane === "greedy") break;
    }
    expect(begun.size).toBe(LANES + 1);
  });

  it("takes work that comes while its lane is busy", () => {
    const lanes = openLanes<string>();
    lanes.add("101", "stop");
    expect(lanes.next()).toEqual({ lane: "101", item: "stop" });
    lanes.add("101", "start");
    expect(lanes.next()).toBeNull();
    lanes.done("101");
    expect(lanes.next()).toEqual({ lane: "101", item: "start" });
    lanes.done("101");
    expect(lanes.next()).toBeNull();
  });
});
