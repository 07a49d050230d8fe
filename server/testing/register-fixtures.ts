import { readFileSync } from "node:fs";
import { join } from "node:path";

/** Our own documents in the forms of the registers, for tests and benchmarks. */
export const FIXTURES = [
  "handoff.md",
  "design-decisions.md",
  "changelog-hardening.md",
  "changelog-running.md",
  "docfix-draft.md",
  "docfix-list.md",
  "security-ledger.md",
  "session-ledger.md",
  "as-executed-index.md",
] as const;
export type Fixture = (typeof FIXTURES)[number];

export const readFixture = (name: Fixture): string =>
  readFileSync(join(import.meta.dirname, "../domain/register/fixtures", name), "utf8");
