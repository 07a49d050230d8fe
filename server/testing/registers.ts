import { randomBytes } from "node:crypto";
import type { Db } from "#db/client.ts";
import type { Clock } from "#server/clock.ts";
import type { Role } from "#server/domain/person/states.ts";
import type { ImportAnswers } from "#server/domain/register/import/schema.ts";
import type { PersonActor } from "#server/domain/policy/decide.ts";
import { commitImport } from "#server/services/register/commit.ts";
import { previewImport } from "#server/services/register/preview.ts";
import { testDatabase, type TestDatabase } from "./database.ts";
import { addPerson, signInAs } from "./people.ts";

/** A console with people and empty registers. */
export interface RegisterWorld {
  database: TestDatabase;
  db: Db;
  clock: Clock;
  person: (name: string, ...roles: Role[]) => Promise<PersonActor>;
  ctx: (actor: PersonActor, db?: Db) => { db: Db; actor: PersonActor; clock: Clock };
  /** Looks at a text and commits it, as a page does. */
  bring: (
    actor: PersonActor,
    given: { path: string; text: string; answers?: ImportAnswers },
  ) => ReturnType<typeof commitImport>;
  close: () => Promise<void>;
}

export const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

export async function openRegisterWorld(at = new Date("2026-09-18T10:00:00.000Z")): Promise<RegisterWorld> {
  const database = await testDatabase();
  const { db } = database;
  const clock: Clock = () => at;
  const ctx = (actor: PersonActor, own: Db = db) => ({ db: own, actor, clock });
  return {
    database,
    db,
    clock,
    ctx,
    person: async (name, ...roles) => {
      const who = await addPerson(db, {
        name,
        roles,
        at,
        email: `${randomBytes(6).toString("hex")}@example.org`,
      });
      return (await signInAs({ db, clock }, who)).actor;
    },
    bring: async (actor, { path, text, answers = {} }) => {
      const bytes = bytesOf(text);
      const { seen, documents } = await previewImport(ctx(actor), { bytes, path });
      const all = Object.fromEntries(documents.map((document) => [document.path, answers]));
      return commitImport(ctx(actor), { bytes, path, seen, answers: all });
    },
    close: () => database.close(),
  };
}
