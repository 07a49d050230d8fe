import { randomUUID } from "node:crypto";
import { eq } from "drizzle-orm";
import { person, roleGrant } from "#db/schema/person.ts";
import { DomainError } from "#server/domain/error/domain-error.ts";
import { addPersonSchema } from "#server/domain/person/schema.ts";
import { verb } from "../verb.ts";
import { generatePassword, hashPassword } from "./password.ts";

/** Adds a person. The generated first password is answered once and stored only as a hash. */
export const addPerson = verb({
  action: "person.add",
  input: addPersonSchema,
  load: async (tx, { email }) => {
    const [existing] = await tx.select({ id: person.id }).from(person).where(eq(person.email, email));
    return { existing: existing ?? null };
  },
  object: (_row, { email }) => ({ kind: "person", id: email }),
  run: async (tx, { person: actor, input, row, at }) => {
    if (row.existing) {
      throw new DomainError("conflict", `A person with the address ${input.email} exists.`, {
        reason: "exists",
        field: "email",
      });
    }
    const id = randomUUID();
    const password = generatePassword();
    await tx.insert(person).values({
      id,
      email: input.email,
      name: input.name,
      passwordHash: await hashPassword(password),
      createdAt: at,
    });
    await tx.insert(roleGrant).values(
      [...new Set(input.roles)].map((role) => ({
        id: randomUUID(),
        personId: id,
        role,
        grantedBy: actor.personId,
        grantedAt: at,
      })),
    );
    return {
      output: { personId: id, password },
      object: { kind: "person", id },
      audit: { email: input.email, name: input.name, roles: input.roles },
    };
  },
});
