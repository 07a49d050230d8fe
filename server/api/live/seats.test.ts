import * as fc from "fast-check";
import { expect, it } from "vitest";
import { Seats } from "./seats.ts";

it("are never more than a person's and never more than there are, and come back", () => {
  const acts = fc.array(fc.record({ person: fc.constantFrom("a", "b", "c"), leaves: fc.boolean() }), {
    maxLength: 200,
  });
  fc.assert(
    fc.property(acts, (all) => {
      const seats = new Seats({ perPerson: 3, inAll: 5 });
      const held: { person: string; release: () => void }[] = [];
      for (const { person, leaves } of all) {
        const own = held.filter((one) => one.person === person);
        if (leaves) {
          const [first] = own;
          first?.release();
          first?.release();
          if (first) held.splice(held.indexOf(first), 1);
          continue;
        }
        const seat = seats.take(person);
        const kind = own.length >= 3 ? "person_full" : held.length >= 5 ? "all_full" : "taken";
        expect(seat.kind).toBe(kind);
        if (seat.kind === "taken") held.push({ person, release: seat.release });
      }
    }),
  );
});

it("a thousand people of one stream each leave no room for one more, until one leaves", () => {
  const seats = new Seats({ perPerson: 10, inAll: 1_000 });
  const first = seats.take("0");
  for (let n = 1; n < 1_000; n += 1) expect(seats.take(String(n)).kind).toBe("taken");
  expect(seats.take("late").kind).toBe("all_full");
  if (first.kind === "taken") first.release();
  expect(seats.take("late").kind).toBe("taken");
});
