import { connect } from "#db/client.ts";
import { auditHead } from "#db/schema/audit.ts";
import { ownerUrl } from "#e2e/console.ts";
import { now } from "#server/clock.ts";
import { auditHash, EMPTY_HEAD } from "#server/domain/audit/chain.ts";
import { headerLine } from "#server/domain/audit/export.ts";
import { signHead } from "#server/domain/audit/head.ts";
import { installationKey } from "#server/domain/audit/installation-key.ts";
import { growFrontier, rootOf } from "#server/domain/audit/merkle.ts";
import { ExportVerifier } from "#server/domain/audit/verify-export.ts";
import { canonicalJson } from "#server/domain/canonical/json.ts";
import { appendAudit } from "#server/services/audit/append.ts";
import { readInclusionProof } from "#server/services/audit/tree.ts";
import { type Figure, percentile } from "./figure.ts";

const WRITERS = 3;
const APPENDS = 500;
const PROOFS = 500;
/** The first ones of each connection prepare its statements and are not counted. */
const WARM_UP = 25;
const ENTRIES = 1_000_000;
/** Lines made before a stretch of verifying is timed. */
const STRETCH = 10_000;

/** What the audit costs: an entry with three writers, a proof, and a million entries verified from their export. */
export async function measureAudit({ dataDir }: { dataDir: string }): Promise<Figure[]> {
  const { append, proof } = await measureDatabase(dataDir);
  const verified = measureVerification();
  return [
    {
      name: `audit append, ${WRITERS} writers, p99`,
      measured: percentile(append, 0.99),
      bound: 20,
      unit: "ms",
      note: `p50 ${percentile(append, 0.5).toFixed(1)} ms`,
    },
    {
      name: "inclusion proof, p99",
      measured: percentile(proof, 0.99),
      bound: 5,
      unit: "ms",
      note: `p50 ${percentile(proof, 0.5).toFixed(1)} ms`,
    },
    {
      name: "1,000,000 entries verified",
      measured: verified,
      bound: 60_000,
      unit: "ms",
      note: `${((ENTRIES / verified) * 1000).toFixed(0)} entries a second`,
    },
  ];
}

async function measureDatabase(dataDir: string): Promise<{ append: number[]; proof: number[] }> {
  const append: number[] = [];
  const writers = Array.from({ length: WRITERS }, () => connect(ownerUrl(dataDir), { max: 1 }));
  await Promise.all(
    writers.map(async ({ db }, writer) => {
      for (let n = 0; n < APPENDS; n += 1) {
        const begun = performance.now();
        await db.transaction((tx) =>
          appendAudit(tx, {
            actor: { kind: "system", name: "runner" },
            at: now(),
            action: "job.started",
            outcome: "done",
            objectKind: "job",
            objectId: `bench-${writer}-${n}`,
            details: { writer, n },
          }),
        );
        if (n >= WARM_UP) append.push(performance.now() - begun);
      }
    }),
  );
  const proof: number[] = [];
  const [first] = writers;
  const [head] = first === undefined ? [] : await first.db.select().from(auditHead);
  for (let n = 0; first !== undefined && head !== undefined && n < PROOFS; n += 1) {
    const seq = 1 + Math.floor((n / PROOFS) * head.seq);
    const begun = performance.now();
    await readInclusionProof(first.db, { seq, size: head.seq });
    if (n >= WARM_UP) proof.push(performance.now() - begun);
  }
  for (const writer of writers) await writer.close();
  return { append, proof };
}

/** Milliseconds of verifying alone; making the lines is not counted. */
function measureVerification(): number {
  const key = installationKey(new Uint8Array(32).fill(7));
  let frontier: string[] = [];
  let index = 0;
  for (const { hash } of entries()) {
    ({ frontier } = growFrontier(frontier, index, hash));
    index += 1;
  }
  const head = signHead(key, { size: ENTRIES, root: rootOf(frontier), at: new Date("2030-01-01T00:00:00Z") });
  const verifier = new ExportVerifier({ heads: [], publicKey: null });
  verifier.line(headerLine({ kind: "log", publicKey: key.publicKey, count: ENTRIES, heads: [head] }));
  let spent = 0;
  let stretch: string[] = [];
  const verify = () => {
    const begun = performance.now();
    for (const line of stretch) verifier.line(line);
    spent += performance.now() - begun;
    stretch = [];
  };
  for (const { event, hash } of entries()) {
    if (stretch.push(canonicalJson({ event, hash })) === STRETCH) verify();
  }
  verify();
  const begun = performance.now();
  const verdict = verifier.end();
  if (verdict.kind !== "whole") throw new Error(`The log of the measurement is broken: ${verdict.says}`);
  return spent + performance.now() - begun;
}

/** The same chained entries at every call. */
function* entries() {
  let previousHash = EMPTY_HEAD;
  for (let seq = 1; seq <= ENTRIES; seq += 1) {
    const event = {
      seq,
      at: new Date(Date.UTC(2026, 2, 1) + seq * 1000).toISOString(),
      actor: { kind: "person", id: `p${seq % 7}`, name: "Olga Operator" },
      action: "job.approve",
      outcome: "done",
      objectKind: "job",
      objectId: `job-${seq}`,
      details: { number: seq, reason: "Compared with the runbook" },
      previousHash,
    };
    const hash = auditHash(event);
    previousHash = hash;
    yield { event, hash };
  }
}
