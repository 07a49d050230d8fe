import type * as z from "zod";
import type { Db, Tx } from "#db/client.ts";
import { accessPackage } from "#db/schema/access.ts";
import { type PolicyPackage, readPackage } from "#server/domain/access-policy/document.ts";
import { runCases } from "#server/domain/access-policy/fixtures.ts";
import { type packageChangeSchema as contentSchema, packageChangeSchema, proposePackageSchema } from "#server/domain/access-policy/schema.ts"; // prettier-ignore
import { DomainError } from "#server/domain/error/domain-error.ts";
import { proposalKind } from "../proposal/handler.ts";
import { proposeVerb } from "../proposal/propose.ts";
import { type AccessNow, getAccess, lockAccess } from "./rows.ts";
import { shadowOf } from "./shadow.ts";

/** Activates a policy package. Refused while one of its fixtures or tests fails. */
export const accessPackageKind = proposalKind({
  kind: "access.package",
  actions: { propose: "access.propose", decide: "access.decide" },
  content: packageChangeSchema,
  describe: async (tx, content) => {
    const { before, after, cases } = await nextPackage(tx, content);
    return {
      title: `Activate ${after.front.package} ${after.front.version}`,
      says: "Every decision about access follows it from the moment it is applied.",
      before: [`${before.package.front.package} ${before.package.version}`],
      after: [`${after.front.package} ${after.version}`, `${cases} of ${cases} fixtures and tests pass.`],
    };
  },
  consider: async (db, { document }) => {
    const read = readPackage(document);
    if (read.kind === "refused") return [];
    const { looked, changed } = await shadowOf(db, read.package);
    return [
      `Of the last ${looked} logged decisions it would change ${changed.length}.`,
      ...changed
        .slice(0, 10)
        .map((one) => `${one.subject} on ${one.resource}: ${one.before} -> ${one.after}`),
    ];
  },
  apply: async (tx, content, { proposalId, at }) => {
    await lockAccess(tx);
    const { before, after, cases } = await nextPackage(tx, content);
    const number = before.package.number + 1;
    const { front, version } = after;
    await tx.insert(accessPackage).values({
      number,
      document: content.document,
      name: front.package,
      version,
      passing: cases,
      cases,
      proposalId,
      at,
    });
    return { number, package: front.package, version };
  },
});

/** Asks for a package to be activated. */
export const proposePackage = proposeVerb(accessPackageKind, proposePackageSchema);

async function nextPackage(
  tx: Db | Tx,
  { base, document }: z.output<typeof contentSchema>,
): Promise<{ before: AccessNow; after: PolicyPackage; cases: number }> {
  const before = await getAccess(tx);
  if (before.package.number !== base) {
    throw new DomainError(
      "conflict",
      "Another package was activated since. Nothing was changed; look at it again.",
      {
        reason: "package_changed",
      },
    );
  }
  const read = readPackage(document);
  if (read.kind === "refused") {
    const [first] = read.faults;
    throw new DomainError("invalid", `${first?.path ?? ""}: ${first?.says ?? ""} Nothing was changed.`, {
      reason: "unreadable",
      field: "content.document",
      facts: { faults: read.faults.map(({ path, says }) => ({ path, says })) },
    });
  }
  if (read.package.version === before.package.version) {
    throw new DomainError("conflict", "This package is in force already. Nothing was changed.", {
      reason: "already_so",
    });
  }
  const results = runCases(read.package, before.registry);
  const failed = results.filter(({ isPassing }) => !isPassing);
  if (results.length === 0 || failed.length > 0) {
    const passing = results.length - failed.length;
    throw new DomainError(
      "conflict",
      `${passing} of ${results.length} fixtures and tests pass. A package is activated when it has some and all do. Nothing was changed.`,
      {
        reason: results.length === 0 ? "no_fixtures" : "fixtures_fail",
        field: "content.document",
        facts: { failed: failed.map(({ name, expected, observed }) => ({ name, expected, observed })) },
      },
    );
  }
  return { before, after: read.package, cases: results.length };
}
