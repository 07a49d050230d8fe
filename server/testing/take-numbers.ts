import { once } from "node:events";
import * as z from "zod";
import { connect } from "#db/client.ts";
import { ROLES } from "#server/domain/person/states.ts";
import { takeNumber } from "#server/services/number/take.ts";

/** What one console of a test is told: where the database is, who acts, and how much to take. */
const given = z
  .strictObject({
    url: z.string(),
    series: z.string(),
    at: z.iso.datetime(),
    clients: z.int(),
    /** How many numbers each act of a client takes, act by act. */
    counts: z.array(z.int()),
    actor: z.strictObject({
      kind: z.literal("person"),
      personId: z.string(),
      sessionId: z.string(),
      name: z.string(),
      email: z.string(),
      roles: z.array(z.enum(ROLES)),
    }),
  })
  .parse(JSON.parse(process.argv[2] ?? ""));

// A console of its own in a process of its own: takes numbers as soon as it is told to, and says which it got.
const connection = connect(given.url, { max: given.clients });
const { db } = connection;
await Promise.all(Array.from({ length: given.clients }, () => db.execute("select 1")));
process.stdout.write("ready\n");
await once(process.stdin, "data");
const clock = () => new Date(given.at);
const asked = { series: given.series, state: "reserved", purpose: "race", number: null } as const;
const got = await Promise.all(
  Array.from({ length: given.clients }, async () => {
    const ids: string[] = [];
    for (const count of given.counts) {
      ids.push(...(await takeNumber({ db, actor: given.actor, clock }, { ...asked, count })).ids);
    }
    return ids;
  }),
);
process.stdout.write(`${JSON.stringify(got.flat())}\n`);
await connection.close();
process.exit(0);
