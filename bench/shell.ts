import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { connect, type Connection } from "#db/client.ts";
import { ownerUrl } from "#e2e/console.ts";
import { runStages, startTenant } from "#server/demo/onboard.ts";
import { DEFAULT_TENANT_INPUTS } from "#server/domain/tenant/schema.ts";
import { fenced, GATE, writeStage } from "#server/testing/shell-runbook.ts";
import type { Bench } from "./bench.ts";
import { type Figure, percentile } from "./figure.ts";

const RUNS = 40;
const BARE_JOBS = 100;
/** Bash's own clock, as all that the block does: seconds with six decimals. */
const BLOCK =
  "id: clock\non: local\nas: runner\nkind: check\nsteps:\n  - { id: s, run: echo $EPOCHREALTIME }";

/**
 * A job of one block that does next to nothing, from asking for it to the block itself and to its end: decision, queue,
 * planning again, attestations, journal, private folder and namespace, read-back and gate. The block only reads and is
 * attested, so that nobody's approval is in it. Beside it a bare queue on the same database that runs `true`.
 */
export async function measureShell(bench: Bench): Promise<Figure[]> {
  const owner = connect(ownerUrl(bench.dataDir), { max: 2 });
  try {
    const tenantId = await runBlocks(bench, owner);
    const starts = await startsOf(bench, tenantId);
    const walls = (
      await owner.sql<{ wall: string }[]>`
        select extract(epoch from finished_at - queued_at) * 1000 as wall from job where tenant_id = ${tenantId}`
    ).map(({ wall }) => Number(wall));
    const bare = await measureBareQueue(owner);
    const [gated, plain] = [percentile(walls, 0.5), percentile(bare, 0.5)];
    return [
      {
        name: "asked for to the first line of a block, p95",
        measured: percentile(starts, 0.95),
        bound: 100,
        unit: "ms",
        note: `${starts.length} blocks, p50 ${percentile(starts, 0.5).toFixed(0)} ms`,
      },
      {
        name: "a gated job of one command, to a bare queue's",
        measured: (gated / plain) * 100,
        bound: 200,
        unit: "%",
        note: `p50 ${gated.toFixed(1)} ms against ${plain.toFixed(1)} ms`,
      },
    ];
  } finally {
    await owner.close();
  }
}

async function runBlocks(bench: Bench, owner: Connection): Promise<string> {
  const cast = { ...bench, say: () => undefined };
  const inputs = { ...DEFAULT_TENANT_INPUTS, cidr: "10.20.3.0/24" };
  const { tenantId } = await startTenant(cast, { slug: "bench-shell", cloud: "embedded", inputs });
  await writeStage(owner.db, tenantId, fenced("block", BLOCK) + GATE);
  const stage = { tenantId, stageKey: "0" };
  const [step] = await bench.operator.api.shell.steps.query(stage);
  for (const { api } of [bench.operator, bench.reviewer]) {
    const attested = { ...stage, stepId: "s", digest: step?.digest ?? "", reason: "It only reads" };
    await api.shell.attest.mutate(attested);
  }
  const stages = Array.from({ length: RUNS }, () => ({ key: "0", title: "A block" }));
  const verdicts = await runStages(cast, { tenantId, stages });
  if (verdicts.some(({ state }) => state !== "succeeded")) throw new Error(verdicts.at(-1)?.says);
  return tenantId;
}

async function startsOf({ operator: { api } }: Bench, tenantId: string): Promise<number[]> {
  const { jobs } = await api.jobs.list.query({ filter: "all", tenantId, before: null });
  const samples: number[] = [];
  for (const { id: jobId, requestedAt } of jobs) {
    const { lines } = await api.jobs.output.query({ jobId, after: 0 });
    const began = lines.find(({ stream }) => stream === "stdout")?.text;
    if (began !== undefined) samples.push(Number(began) * 1000 - requestedAt.getTime());
  }
  return samples;
}

/** One row in, one worker that is woken by it, takes it, runs `true` and writes that it is done. */
async function measureBareQueue({ sql }: Connection): Promise<number[]> {
  await sql`create table bench_bare (id uuid primary key, state text not null)`;
  const samples: number[] = [];
  try {
    for (let n = 0; n < BARE_JOBS; n += 1) {
      const id = randomUUID();
      const begun = performance.now();
      await sql`insert into bench_bare values (${id}, 'queued')`;
      await sql`
        update bench_bare set state = 'running' where id =
          (select id from bench_bare where state = 'queued' limit 1 for update skip locked)`;
      await once(spawn("true", { stdio: "ignore" }), "close");
      await sql`update bench_bare set state = 'done' where id = ${id}`;
      samples.push(performance.now() - begun);
    }
  } finally {
    await sql`drop table bench_bare`;
  }
  return samples;
}
