import * as z from "zod";
import { canonicalJson } from "../canonical/json.ts";
import { isCanonical, parseJson } from "./event.ts";
import { headProblem, type SignedHead, signedHeadSchema } from "./head.ts";
import { isPublicKey, keyIdOf } from "./installation-key.ts";

/** Heads that an export carries at most: the newest ones. */
export const EXPORT_HEADS_MAX = 1000;

/**
 * First line of an export. A log holds every entry from the first to the head; a selection holds some, each with its
 * audit path. The last head is the one that everything is proven against.
 */
const headerSchema = z.strictObject({
  format: z.literal("countersign-audit/1"),
  kind: z.enum(["log", "selection"]),
  publicKey: z.string().refine(isPublicKey),
  /** Entries in the file. */
  count: z.int().min(0),
  heads: z.array(signedHeadSchema).min(1).max(EXPORT_HEADS_MAX),
});
export type ExportHeader = z.output<typeof headerSchema>;

/** The header's line, without the line end. */
export function headerLine(header: Omit<ExportHeader, "format">): string {
  return canonicalJson({ format: "countersign-audit/1", ...header });
}

export type ReadHeader = { kind: "header"; header: ExportHeader } | { kind: "bad"; says: string };

/** Reads the header strictly; every head has to be signed by its key, and they grow. */
export function readHeader(line: string): ReadHeader {
  const value = parseJson(line);
  const parsed = headerSchema.safeParse(value);
  if (value === undefined || !parsed.success) {
    return bad("The first line is not the header of an audit export.");
  }
  if (!isCanonical(line, value)) return bad("The header is not in its canonical form: it was changed.");
  const header = parsed.data;
  for (const [at, head] of header.heads.entries()) {
    const problem = headProblem(head, header.publicKey);
    if (problem !== null) {
      return bad(`The head over ${head.size} entries in the header is not to be relied on: ${problem}.`);
    }
    if (head.size < (header.heads[at - 1]?.size ?? 0)) return bad("The heads in the header do not grow.");
  }
  return { kind: "header", header };
}

/** The head that everything is proven against: the last one, and there always is one. */
export const provenHead = ({ heads }: ExportHeader): SignedHead => heads.reduce((_older, newer) => newer);

export const keyIdIn = (header: ExportHeader): string => keyIdOf(header.publicKey);

const bad = (says: string) => ({ kind: "bad", says }) as const;
