import { createHash } from "node:crypto";
import * as z from "zod";
import type { Db, Tx } from "#db/client.ts";
import { DomainError } from "#server/domain/error/domain-error.ts";
import type { RecordChange } from "#server/domain/register/compare.ts";
import type { RegisterDocument } from "#server/domain/register/document.ts";
import { changesOf } from "#server/domain/register/import/plan.ts";
import { documentPathSchema } from "#server/domain/register/import/schema.ts";
import { numbersIn } from "#server/domain/register/numbers/claims.ts";
import { proseChanges, type ProseWays } from "#server/domain/register/prose/compare.ts";
import { prosePartsIn } from "#server/domain/register/prose/parts.ts";
import { type ReadFile, readPlain, readRegister } from "#server/domain/register/read.ts";
import { type DocumentRecord, recordsIn } from "#server/domain/register/records.ts";
import { judgeNumbers, takenIn } from "../number/take-over.ts";
import { query } from "../verb.ts";
import {
  type DocumentRow,
  findDocument,
  findNewest,
  type HeldItem,
  listHeldItems,
  type VersionRow,
} from "./document.ts";
import { listProse } from "./prose.ts";

/** One document of what is to be imported, beside what the console has of it. */
export interface Look {
  path: string;
  document: RegisterDocument;
  known: DocumentRow | null;
  newest: VersionRow | null;
  base: DocumentRecord[];
  theirs: DocumentRecord[];
  ours: HeldItem[];
  changes: RecordChange[];
  /** Its own words; empty where there is nothing to compare them with. */
  prose: ProseWays;
  judged: Awaited<ReturnType<typeof judgeNumbers>>;
  /** A part of a file, as a patch shows it: what is new in it is added, and everything else stays as it is. */
  isPart: boolean;
  /** Why it cannot be imported as it is; null when it can. */
  obstacle: string | null;
}

export interface LookedAt {
  looks: Look[];
  /**
   * Digest of everything that a person sees before he commits: the text, what it is compared with, the differences and
   * the numbers. A commit names it, and is refused when any of that is another by then.
   */
  seen: string;
}

/** Documents of one import; a patch of a whole tree is taken over in parts. */
const DOCUMENTS_MAX = 200;

/** What was in the bytes of an import. Reading them needs the right to import, and no connection. */
export const readForImport = query({
  action: "register.import",
  input: z.strictObject({
    bytes: z.custom<Uint8Array>((bytes) => bytes instanceof Uint8Array),
    path: documentPathSchema,
  }),
  run: (_, { bytes, path }) => Promise.resolve(readRegister(bytes, path)),
});

/** Where each document of a file stands in the registers, in its order. Throws for a path that cannot be one. */
export function placesOf(file: ReadFile, path: string): { path: string; document: RegisterDocument }[] {
  const places = file.documents.map((document) => {
    return { path: documentPathSchema.parse(document.path ?? path), document };
  });
  const twice = places.find((one, at) => places.findIndex((other) => other.path === one.path) !== at);
  if (twice === undefined) return places;
  throw new DomainError("invalid", `${twice.path} is in there more than once. Nothing was imported.`, {
    reason: "path_twice",
  });
}

/** Compares every document of a file with the registers. */
export async function lookAt(
  db: Db | Tx,
  file: ReadFile,
  given: { path: string; personId: string },
): Promise<LookedAt> {
  if (file.documents.length > DOCUMENTS_MAX) {
    throw new DomainError(
      "limit",
      `More than ${DOCUMENTS_MAX} documents at once. Nothing was read; import them in parts.`,
      {
        reason: "too_many_documents",
      },
    );
  }
  const looks: Look[] = [];
  for (const place of placesOf(file, given.path)) {
    looks.push(await lookAtOne(db, { ...place, personId: given.personId }));
  }
  return { looks, seen: seenOf(file, looks) };
}

async function lookAtOne(
  db: Db | Tx,
  { path, document, personId }: { path: string; document: RegisterDocument; personId: string },
): Promise<Look> {
  const known = await findDocument(db, path);
  const newest = known === null ? null : await findNewest(db, known.id);
  const held = known === null ? [] : await listHeldItems(db, known.id);
  const read = recordsIn(document);
  // A part of a file may show a part of a record: it adds what is new, and is compared with nothing.
  const isPart = !document.isWhole;
  const keys = new Set(held.map(({ key }) => key));
  const theirs = isPart ? read.filter(({ key }) => !keys.has(key)) : read;
  const ours = isPart ? [] : held;
  const was = isPart || known === null || newest === null ? null : readPlain(newest.text, path);
  const base = was === null ? [] : recordsIn(was);
  const prose = {
    base: was === null ? [] : prosePartsIn(was, base),
    theirs: was === null ? [] : prosePartsIn(document, read),
    words: was === null || known === null ? new Map<string, string>() : await listProse(db, known.id),
  };
  const judged = await judgeNumbers(db, numbersIn(path, document), { path, personId });
  const changes = known === null ? [] : [...changesOf({ base, theirs, ours }), ...proseChanges(prose)];
  return {
    path,
    document,
    known,
    newest,
    base,
    theirs,
    ours,
    changes,
    prose,
    judged,
    isPart,
    obstacle: obstacleTo(document, known),
  };
}

function obstacleTo(document: RegisterDocument, known: DocumentRow | null): string | null {
  if (document.text.source.text.trim() === "") return "The document is empty.";
  if (document.text.source.text.includes("\u0000"))
    return "The document holds a NUL character, which cannot be kept. Take it out and import it again.";
  if (known !== null && known.kind !== document.content.kind) {
    return `It was imported as ${known.kind.replaceAll("_", " ")} before and is now read as ${document.content.kind.replaceAll("_", " ")}. Give it another path, or look what it lost.`;
  }
  return null;
}

function seenOf(file: ReadFile, looks: readonly Look[]): string {
  const hash = createHash("sha256").update(file.isExact ? "exact" : "not exact");
  for (const { path, document, newest, changes, judged } of looks) {
    const state = { path, version: newest?.number ?? 0, changes, taken: takenIn(judged) };
    hash.update(JSON.stringify(state)).update(document.text.source.text);
  }
  return `sha256:${hash.digest("hex")}`;
}
