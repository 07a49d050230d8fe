import type { RecordChange } from "#server/domain/register/compare.ts";
import type { Diagnostic, UnplacedLine } from "#server/domain/register/diagnostics.ts";
import { fieldsOf } from "#server/domain/register/record-fields.ts";
import type { DocumentRecord } from "#server/domain/register/records.ts";
import { takenIn } from "../number/take-over.ts";
import type { Ctx } from "../verb.ts";
import { type Look, lookAt, readForImport } from "./look.ts";

/** So much of each list is shown; the counts are of all. */
const SHOWN_MAX = 500;
const TEXT_MAX = 2000;

const shortened = (text: string) => (text.length > TEXT_MAX ? `${text.slice(0, TEXT_MAX)}...` : text);
const short = (text: string | null) => (text === null ? null : shortened(text));

/**
 * What an import of these bytes would take over, and what would change in what the console has. Changes nothing; reads
 * everything that can be read and says of the rest where it stands.
 */
export async function previewImport(ctx: Ctx, given: { bytes: Uint8Array; path: string }) {
  const file = await readForImport(ctx, given);
  const personId = ctx.actor.kind === "person" ? ctx.actor.personId : "";
  const { looks, seen } = await lookAt(ctx.db, file, { path: given.path, personId });
  return {
    seen,
    encoding: file.encoding,
    isExact: file.isExact,
    diagnostics: file.diagnostics.slice(0, SHOWN_MAX),
    documents: looks.map(documentView),
  };
}
function documentView(look: Look) {
  const { path, document, known, newest, theirs, changes, judged, obstacle } = look;
  const { source } = document.text;
  const links = theirs.flatMap((record) =>
    record.links.filter(({ kind }) => kind !== "mentions").map((link) => ({ from: record.code, ...link })),
  );
  const taken = takenIn(judged);
  return {
    path,
    kind: document.content.kind,
    obstacle,
    isPart: look.isPart,
    known: known === null ? null : { version: newest?.number ?? 0, at: newest?.at ?? known.createdAt },
    isSameText: newest !== null && newest.text === source.text,
    lines: source.count,
    counts: {
      records: theirs.length,
      unplaced: document.unplaced.length,
      diagnostics: document.diagnostics.length,
      changes: changes.length,
      links: links.length,
      numbers: judged.length,
      taken: taken.length,
    },
    records: theirs.slice(0, SHOWN_MAX).map(recordView),
    unplaced: document.unplaced
      .slice(0, SHOWN_MAX)
      .map(({ line, text }): UnplacedLine => ({ line, text: shortened(text) })),
    diagnostics: document.diagnostics
      .slice(0, SHOWN_MAX)
      .map((diagnostic): Diagnostic => ({ ...diagnostic, says: shortened(diagnostic.says) })),
    changes: changes.slice(0, SHOWN_MAX).map(changeView),
    links: links.slice(0, SHOWN_MAX),
    taken: taken.slice(0, SHOWN_MAX),
  };
}

function recordView({ key, code, kind, title, refs, state, lines, content }: DocumentRecord) {
  const fields = [...fieldsOf(content)].map(([name, text]) => ({ name, text: shortened(text) }));
  return { key, code, kind, title, refs: refs.slice(0, 20), state, lines, fields: fields.slice(0, 30) };
}

function changeView(change: RecordChange): RecordChange {
  const fields = change.fields.slice(0, 30).map((field) => ({
    ...field,
    base: short(field.base),
    theirs: short(field.theirs),
    ours: short(field.ours),
  }));
  return { ...change, fields };
}
