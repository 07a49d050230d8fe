import type { ListedPerson } from "./people-file.ts";
import { paint } from "./terminal.ts";

export interface SummaryFacts {
  readonly origin: string;
  readonly people: readonly ListedPerson[];
  readonly hasLostPasswords: boolean;
  readonly clouds: readonly string[];
  readonly decisions: string;
  readonly database: string;
  readonly logs: string;
  readonly notice: string | null;
}

/** What the person at the terminal needs to begin, and nothing else. */
export function summaryLines(facts: SummaryFacts): string[] {
  return [
    "",
    `  ${paint("bold", "Countersign")} is ready at ${paint("cyan", facts.origin)}`,
    "",
    ...peopleLines(facts),
    `  ${paint("dim", "clouds")}    ${facts.clouds.join(", ")}`,
    `  ${paint("dim", "decisions")} ${facts.decisions}`,
    `  ${paint("dim", "data")}      ${facts.database}`,
    `  ${paint("dim", "logs")}      ${facts.logs}`,
    ...(facts.notice === null ? [] : [`  ${paint("yellow", "note")}      ${facts.notice}`]),
    "",
    `  ${paint("dim", "Ctrl-C stops everything.")}`,
    "",
  ];
}

function peopleLines({ people, hasLostPasswords }: SummaryFacts): string[] {
  if (hasLostPasswords) {
    return ["  The first passwords are no longer in people.txt; an admin can set them anew.", ""];
  }
  if (people.length === 0) return [];
  const width = (pick: (person: ListedPerson) => string) => Math.max(...people.map((p) => pick(p).length));
  const email = width((p) => p.email);
  const password = width((p) => p.password);
  return [
    `  ${paint("dim", "sign in as".padEnd(email))}   ${paint("dim", "password".padEnd(password))}   ${paint("dim", "may")}`,
    ...people.map(
      (p) => `  ${p.email.padEnd(email)}   ${p.password.padEnd(password)}   ${p.roles.join(", ")}`,
    ),
    "",
  ];
}
