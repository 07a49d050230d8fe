import { randomUUID } from "node:crypto";
import { count } from "drizzle-orm";
import type { Db } from "#db/client.ts";
import { person, roleGrant } from "#db/schema/person.ts";
import type { Clock } from "#server/clock.ts";
import type { Role } from "#server/domain/person/states.ts";
import { appendAudit } from "../audit/append.ts";
import { generatePassword, hashPassword } from "./password.ts";

export interface SeededPerson {
  email: string;
  name: string;
  roles: Role[];
  /** Known only at the moment it is made. */
  password: string;
}

/** Two operators and two reviewers, so that every seat of a change can be filled twice. */
const PEOPLE: readonly { name: string; email: string; roles: Role[] }[] = [
  { name: "Olivia Operator", email: "olivia@countersign.local", roles: ["operator"] },
  { name: "Oscar Operator", email: "oscar@countersign.local", roles: ["operator", "reviewer"] },
  { name: "Rita Reviewer", email: "rita@countersign.local", roles: ["reviewer"] },
  { name: "Mara Manager", email: "mara@countersign.local", roles: ["manager"] },
  { name: "Ada Admin", email: "ada@countersign.local", roles: ["admin"] },
  { name: "Aurel Auditor", email: "aurel@countersign.local", roles: ["auditor"] },
];

/** Makes the demonstration people in an empty installation; in any other it does nothing and answers an empty list. */
export async function seedPeople(db: Db, clock: Clock): Promise<SeededPerson[]> {
  // Hashing six passwords takes seconds on purpose; every start but the first is spared it.
  if ((await db.$count(person)) > 0) return [];
  const seeded = await Promise.all(
    PEOPLE.map(async (entry) => {
      const password = generatePassword();
      return { ...entry, password, passwordHash: await hashPassword(password) };
    }),
  );
  return db.transaction(async (tx) => {
    const [existing] = await tx.select({ n: count() }).from(person);
    if ((existing?.n ?? 0) > 0) return [];
    const at = clock();
    for (const { name, email, roles, passwordHash } of seeded) {
      const id = randomUUID();
      await tx.insert(person).values({ id, email, name, passwordHash, createdAt: at });
      await tx
        .insert(roleGrant)
        .values(roles.map((role) => ({ id: randomUUID(), personId: id, role, grantedAt: at })));
    }
    await appendAudit(tx, {
      actor: { kind: "system", name: "supervisor" },
      at,
      action: "person.seed",
      outcome: "done",
      objectKind: "installation",
      objectId: "people",
      details: { emails: PEOPLE.map(({ email }) => email) },
    });
    return seeded.map(({ name, email, roles, password }) => ({ name, email, roles, password }));
  });
}
