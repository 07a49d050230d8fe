import type { Tx } from "#db/client.ts";
import { ATTESTERS_NEEDED } from "#server/domain/check/run.ts";
import { DomainError } from "#server/domain/error/domain-error.ts";
import { listAttesters } from "../attestation/rows.ts";
import { listCandidates } from "../person/candidates.ts";

const NAMED = 5;

/** Refuses a block that fewer than two people attest now, and says who could. */
export async function requireAttested(tx: Tx, digest: string): Promise<void> {
  const attesters = await listAttesters(tx, digest);
  const missing = ATTESTERS_NEEDED - attesters.length;
  if (missing <= 0) return;
  const could = (await listCandidates(tx, { action: "check.attest" }))
    .map(({ name, id }) => ({ name, id }))
    .filter(({ id }) => !attesters.some(({ personId }) => personId === id));
  throw new DomainError("approval_required", attestedWords(missing, could), {
    reason: "not_attested",
    facts: { missing, attesters: attesters.map(({ name }) => name), could: could.slice(0, NAMED) },
  });
}

function attestedWords(missing: number, could: readonly { name: string }[]): string {
  const people = missing === 1 ? "One more person has" : "Two people have";
  const names = could.slice(0, NAMED).map(({ name }) => name);
  const who = names.length === 0 ? "Nobody else here could do that now." : `It could be ${names.join(", ")}.`;
  return `${people} to attest exactly this block as read-only before it runs without approval. ${who} Nothing was started.`;
}
