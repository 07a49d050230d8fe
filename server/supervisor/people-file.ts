import { join } from "node:path";
import { readKept, writeKept } from "./kept-file.ts";

/** A demonstration person as the terminal shows them. */
export interface ListedPerson {
  readonly email: string;
  readonly name: string;
  readonly roles: readonly string[];
  readonly password: string;
}

const fileOf = (dataDir: string) => join(dataDir, "people.txt");

/** Keeps who was made with which first password: the database holds only hashes. */
export function keepPeople(dataDir: string, people: readonly ListedPerson[]): void {
  const lines = people.map((p) => [p.email, p.password, p.roles.join(","), p.name].join("\t"));
  writeKept(fileOf(dataDir), `${lines.join("\n")}\n`);
}

/** The people kept at an earlier start; empty when there are none. */
export function readPeople(dataDir: string): ListedPerson[] {
  const kept = readKept(fileOf(dataDir));
  return (kept ?? "").split("\n").flatMap((line) => {
    const [email, password, roles, name] = line.split("\t");
    if (email === undefined || password === undefined || roles === undefined || name === undefined) return [];
    return [{ email, password, name, roles: roles.split(",") }];
  });
}
