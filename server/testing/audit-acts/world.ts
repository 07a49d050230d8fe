import type { PersonActor } from "#server/domain/policy/decide.ts";
import { CheckWorld } from "../checks.ts";
import { addDocument } from "../items.ts";
import { type JobWorld, openJobWorld } from "../jobs.ts";
import { openRegister } from "../register-acts.ts";
import { openSigningKeys, type SigningKeys } from "../signing-keys.ts";

/** What acts are prepared in: people who are new for each act, keys, registers and checks. */
export interface ActWorld {
  jobs: JobWorld;
  keys: SigningKeys;
  checks: CheckWorld;
  register: Awaited<ReturnType<typeof openRegister>>;
  operator: PersonActor;
  reviewer: PersonActor;
  manager: PersonActor;
  admin: PersonActor;
}

/** Prepares what has to be there first, and answers the act itself: one that can be tried twice. */
type Prepare = (given: ActWorld) => Promise<() => Promise<unknown>>;

export type Acts = Readonly<Record<string, Prepare>>;

export const REASON = "As agreed";

const LOCAL = {
  kind: "local" as const,
  aliases: ["jumphost"],
  denied: [],
  environment: [],
  isRetired: false,
};

export async function openActWorld() {
  const keys = await openSigningKeys();
  const jobs = await openJobWorld();
  const people = await newPeople(jobs);
  const by = { personId: people.operator.personId, at: jobs.now };
  const { operator: olga, reviewer: rita, manager: max, admin: ada } = people;
  const otto = await jobs.person("Otto", "operator");
  const checks = new CheckWorld(
    jobs,
    { olga, otto, rita, max, ada },
    await addDocument(jobs.db, "docs/checks.md", by),
  );
  await checks.host("local", LOCAL);
  return { jobs, keys, checks, register: await openRegister(jobs, by.personId), ...people };
}

export async function newPeople(jobs: JobWorld) {
  return {
    operator: await jobs.person("Olga", "operator"),
    reviewer: await jobs.person("Rita", "reviewer"),
    manager: await jobs.person("Mara", "manager"),
    admin: await jobs.person("Ada", "admin"),
  };
}
