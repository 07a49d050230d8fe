import { asc } from "drizzle-orm";
import * as z from "zod";
import type { Db } from "#db/client.ts";
import { registerDocument } from "#db/schema/register.ts";
import { LINT_CHECKS, readDocumented } from "#server/domain/register/lint/finding.ts";
import { lint } from "#server/domain/register/lint/lint.ts";
import { type ReadFile, readPlain } from "#server/domain/register/read.ts";
import { query } from "../verb.ts";
import { textNow } from "./export.ts";

const DOCUMENTS_MAX = 500;
/** Characters of all documents together; a page is no place to wait for more. */
const TEXT_MAX = 12_000_000;
const FINDINGS_MAX = 1000;
/** A document of this path says which warnings are known, in the form of `countersign lint`. */
const DOCUMENTED = /(?:^|\/)\.countersign-lint$/;

/** The checks of `countersign lint` over every document as it is now, what was changed in the console included. */
export const lintRegisters = query({
  action: "register.read",
  input: z.strictObject({}),
  run: async (ctx) => {
    const { texts, left } = await listTexts(ctx.db, ctx.clock());
    const known = texts.filter(({ path }) => DOCUMENTED.test(path));
    const files = texts
      .filter(({ path }) => !DOCUMENTED.test(path))
      .map(({ path, text }) => ({ path, file: readFile(path, text) }));
    const report = lint(
      files,
      known.flatMap(({ text }) => readDocumented(text).warnings),
    );
    const idOf = new Map(texts.map(({ path, id }) => [path, id]));
    return {
      errors: report.errors,
      warnings: report.warnings,
      documented: report.documented,
      total: report.findings.length,
      documents: files.length,
      left,
      checks: Object.entries(LINT_CHECKS).map(([id, { severity, name }]) => ({
        id,
        severity,
        name,
        count: report.findings.filter(({ check, documented }) => check === id && documented === null).length,
      })),
      findings: report.findings
        .slice(0, FINDINGS_MAX)
        .map((finding) => ({ ...finding, documentId: idOf.get(finding.path) ?? null })),
    };
  },
});

async function listTexts(
  db: Db,
  at: Date,
): Promise<{ texts: { id: string; path: string; text: string }[]; left: string[] }> {
  const rows = await db
    .select()
    .from(registerDocument)
    .orderBy(asc(registerDocument.path))
    .limit(DOCUMENTS_MAX);
  const texts: { id: string; path: string; text: string }[] = [];
  const left: string[] = [];
  let size = 0;
  for (const row of rows) {
    const text = await textNow(db, row, at);
    size += text.length;
    if (size > TEXT_MAX) left.push(row.path);
    else texts.push({ id: row.id, path: row.path, text });
  }
  return { texts, left };
}

function readFile(path: string, text: string): ReadFile {
  return { encoding: "plain", isExact: true, documents: [readPlain(text, path)], diagnostics: [] };
}
