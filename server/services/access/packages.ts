import { desc } from "drizzle-orm";
import * as z from "zod";
import { accessPackage } from "#db/schema/access.ts";
import { readPackage } from "#server/domain/access-policy/document.ts";
import { runCases } from "#server/domain/access-policy/fixtures.ts";
import { packageTextSchema } from "#server/domain/access-policy/schema.ts";
import { may } from "../may.ts";
import { query } from "../verb.ts";
import { getAccess } from "./rows.ts";
import { shadowOf } from "./shadow.ts";
import { listWaitingOf } from "./waiting.ts";

const VERSIONS_LIMIT = 50;

/** The package in force with its text and its cases, the ones before it, and what waits for a second person. */
export const listPackages = query({
  action: "access.read",
  input: z.strictObject({}),
  run: async (ctx) => {
    const { registry, package: inForce } = await getAccess(ctx.db);
    const versions = await ctx.db
      .select({
        number: accessPackage.number,
        name: accessPackage.name,
        version: accessPackage.version,
        passing: accessPackage.passing,
        cases: accessPackage.cases,
        at: accessPackage.at,
        document: accessPackage.document,
      }) // prettier-ignore
      .from(accessPackage)
      .orderBy(desc(accessPackage.number))
      .limit(VERSIONS_LIMIT);
    return {
      number: inForce.number,
      front: inForce.front,
      version: inForce.version,
      document: versions[0]?.document ?? "",
      cases: runCases(inForce, registry),
      versions: versions.map(({ document: _document, ...row }) => row),
      waiting: await listWaitingOf(ctx.db, "access.package"),
      may: { propose: may(ctx, "access.propose") },
    };
  },
});

/** Reads a package, runs its cases, and lays it over the decisions of the log. Nothing of it counts. */
export const shadowPackage = query({
  action: "access.read",
  input: packageTextSchema,
  run: async (ctx, { document }) => {
    const read = readPackage(document);
    if (read.kind === "refused") return { kind: "refused" as const, faults: read.faults };
    const { registry } = await getAccess(ctx.db);
    const { looked, changed } = await shadowOf(ctx.db, read.package);
    return {
      kind: "read" as const,
      name: read.package.front.package,
      version: read.package.version,
      cases: runCases(read.package, registry),
      looked,
      changed: changed.slice(0, 100),
      changes: changed.length,
    };
  },
});
