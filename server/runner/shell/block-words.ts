import { ATTESTERS_NEEDED } from "#server/domain/check/run.ts";
import type { PlannedShell, WrittenShell } from "#server/domain/shell/schema.ts";
import type { Attester } from "#server/services/attestation/rows.ts";

/** A step on a host as its plan shows it. */
export interface Rendered {
  shell: PlannedShell;
  written: WrittenShell;
  attesters: readonly Attester[];
}

/** Who attests that a block only reads. */
export function attestedWords(attesters: readonly Attester[]): string {
  const names = attesters.map(({ name }) => name).join(" and ");
  return attesters.length >= ATTESTERS_NEEDED
    ? `${names} attest that exactly this text only reads.`
    : `${attesters.length} of ${ATTESTERS_NEEDED} people attest that exactly this text only reads.`;
}

/** What a step on a host will do, and what is known of its effect. */
export function saysOf(
  { shell, attesters, written }: Rendered,
  { isCheck, isAttested }: { isCheck: boolean; isAttested: boolean },
): string {
  const lines = shell.script.trimEnd().split("\n").length;
  const text = `${lines} ${lines === 1 ? "line" : "lines"} of shell on ${shell.host.name}, as ${shell.host.where}.`;
  const what = shell.byHand
    ? `${text} A person runs it and pastes what it printed; the job waits there.`
    : text;
  if (isAttested) return `Reads with ${what} ${attestedWords(attesters)}`;
  if (isCheck) {
    return `Runs ${what} It says that it only reads, but ${attestedWords(attesters)} Until two do, it counts as destroying.`;
  }
  return written.effect === "mutate"
    ? `Runs ${what} It declares that it changes something and destroys nothing.`
    : `Runs ${what} What a shell does is not known to the console, so it counts as destroying.`;
}
