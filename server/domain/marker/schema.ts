import type { Grade, Marker, MarkerKind } from "./compute.ts";

/** What a mark shows of a marker. */
export type Proof = Pick<Marker, "kind" | "grade" | "at" | "isByHand">;

/** Of a stage that is not there, or that nothing is on record of. */
export const NO_PROOF: Proof = { kind: "procedure_pending", grade: "none", at: null, isByHand: false };

const KINDS: Record<string, MarkerKind> = {
  v: "validated",
  c: "corrected_pending",
  p: "procedure_pending",
  r: "refuted",
};
const GRADES: Record<string, Grade> = {
  "0": "none",
  "1": "read_through",
  "2": "reproduced",
  "3": "reproduced_here",
};

/** A marker on the wire, such as `v3:mp5x1k2c`: kind, grade, `h` where people did it, and when in epoch ms to base 36. */
export function encodeProof({ kind, grade, at, isByHand }: Proof): string {
  const mark = Object.keys(KINDS).find((one) => KINDS[one] === kind) ?? "p";
  const step = Object.keys(GRADES).find((one) => GRADES[one] === grade) ?? "0";
  return `${mark}${step}${isByHand ? "h" : ""}:${at === null ? "" : at.getTime().toString(36)}`;
}

/** What `encodeProof` made; anything else reads as proving nothing. */
export function decodeProof(text: string): Proof {
  const [, mark = "", step = "", hand = "", at = ""] =
    /^([vcpr])([0-3])(h?):([0-9a-z]{0,10})$/.exec(text) ?? [];
  const kind = KINDS[mark] ?? "procedure_pending";
  const when = at === "" ? null : new Date(Number.parseInt(at, 36));
  return { kind, grade: GRADES[step] ?? "none", at: when, isByHand: hand !== "" };
}

/** The proofs of one tenant beside those of the cloud: where they are the same a hyphen, and nothing where all are. */
export function encodeProofs(own: readonly Proof[], cloud: readonly Proof[]): string {
  const columns = cloud.map(encodeProof);
  const tokens = own.map(encodeProof).map((token, at) => (token === columns[at] ? "-" : token));
  return tokens.every((token) => token === "-") ? "" : tokens.join(" ");
}

/** What `encodeProofs` made, one for each stage. */
export function decodeProofs(text: string, cloud: readonly Proof[]): Proof[] {
  const tokens = text.split(" ");
  return cloud.map(({ kind, grade, at, isByHand }, place) => {
    const token = tokens[place] ?? "";
    return token === "" || token === "-" ? { kind, grade, at, isByHand } : decodeProof(token);
  });
}

/** What people did of a run, and who says what a block printed. */
export function handWords({ pastedBy }: NonNullable<Marker["handRun"]>): string {
  return pastedBy.length === 0 ? "done by hand" : `pasted by ${pastedBy.join(", ")}`;
}
