import { eq } from "drizzle-orm";
import { connect, type Db } from "#db/client.ts";
import { person } from "#db/schema/person.ts";
import { ownerUrl } from "#e2e/console.ts";
import { now } from "#server/clock.ts";
import type { PersonActor } from "#server/domain/policy/decide.ts";
import { takeNumber } from "#server/services/number/take.ts";
import { signInAs } from "#server/testing/people.ts";
import type { Figure } from "./figure.ts";

const CLIENTS = 16;
const FIGURE = 500;

/** How fast 16 clients of two pools take numbers, and that none is given out twice in ten thousand. */
export async function measureNumbers({ dataDir }: { dataDir: string }): Promise<Figure[]> {
  const pools = [connect(ownerUrl(dataDir), { max: 8 }), connect(ownerUrl(dataDir), { max: 8 })];
  try {
    const dbs = pools.map(({ db }) => db);
    return [
      await measureTaking(dbs, { series: "BENCHA", numbers: 2000, count: 1 }),
      await measureTaking(dbs, { series: "BENCHB", numbers: 8000, count: 10 }),
    ];
  } finally {
    await Promise.all(pools.map((pool) => pool.close()));
  }
}

async function measureTaking(
  dbs: readonly Db[],
  { series, numbers, count }: { series: string; numbers: number; count: number },
): Promise<Figure> {
  const [first] = dbs;
  if (first === undefined) throw new Error("There is no pool.");
  const actor = await operatorOf(first);
  const got: string[] = [];
  const begun = performance.now();
  await Promise.all(
    Array.from({ length: CLIENTS }, async (_, client) => {
      const db = dbs[client % dbs.length] ?? first;
      for (let left = numbers / CLIENTS; left > 0; left -= count) {
        const asked = { series, state: "reserved", purpose: "bench", number: null, count } as const;
        got.push(...(await takeNumber({ db, actor, clock: now }, asked)).ids);
      }
    }),
  );
  const seconds = (performance.now() - begun) / 1000;
  const doubles = got.length - new Set(got).size;
  if (doubles > 0) throw new Error(`${doubles} numbers were given out twice.`);
  const rate = got.length / seconds;
  return {
    name: `${FIGURE} numbers, ${count} at once`,
    measured: (FIGURE / rate) * 1000,
    bound: 1000,
    unit: "ms",
    note: `${got.length} by ${CLIENTS} clients of 2 pools: ${rate.toFixed(0)} a second, none twice`,
  };
}

async function operatorOf(db: Db): Promise<PersonActor> {
  const [row] = await db.select().from(person).where(eq(person.name, "Olivia Operator"));
  if (!row) throw new Error("There is no operator.");
  return (await signInAs({ db, clock: now }, row)).actor;
}
