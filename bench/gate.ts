import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { connect, type Connection } from "#db/client.ts";
import { ownerUrl } from "#e2e/console.ts";
import { runStages, startTenant } from "#server/demo/onboard.ts";
import { DEFAULT_TENANT_INPUTS } from "#server/domain/tenant/schema.ts";
import type { Bench } from "./bench.ts";
import { type Figure, percentile } from "./figure.ts";

const TENANTS = 12;
const BARE_JOBS = 100;

/**
 * What the gate costs a job: from the click that approves to the start, and from the queue to the end without the calls
 * themselves, against a bare queue on the same database that runs `true` for each job.
 */
export async function measureGate(bench: Bench): Promise<Figure[]> {
  const starts: number[] = [];
  const overheads: number[] = [];
  const owner = connect(ownerUrl(bench.dataDir), { max: 2 });
  try {
    for (let n = 0; n < TENANTS; n += 1) {
      const { start, overhead } = await measureTenant(bench, owner, n);
      starts.push(start);
      overheads.push(overhead);
    }
    const bare = await measureBareQueue(owner);
    const ratio = percentile(overheads, 0.5) / percentile(bare, 0.5);
    return [
      {
        name: "approved to started, p95",
        measured: percentile(starts, 0.95),
        bound: 150,
        unit: "ms",
        note: `p50 ${percentile(starts, 0.5).toFixed(0)} ms`,
      },
      {
        name: "a gated job beyond its calls, to a bare queue's",
        measured: ratio * 100,
        bound: 200,
        unit: "%",
        note: `p50 ${percentile(overheads, 0.5).toFixed(1)} ms against ${percentile(bare, 0.5).toFixed(1)} ms`,
      },
    ];
  } finally {
    await owner.close();
  }
}

/** The first stage only looks; the second one changes something and is approved. */
async function measureTenant(
  bench: Bench,
  owner: Connection,
  n: number,
): Promise<{ start: number; overhead: number }> {
  const cast = { ...bench, say: () => undefined };
  const inputs = { ...DEFAULT_TENANT_INPUTS, cidr: `10.20.${30 + n}.0/24` };
  const started = await startTenant(cast, { slug: `bench-gate-${n}`, cloud: "embedded", inputs });
  const verdicts = await runStages(cast, { ...started, stages: started.stages.slice(0, 2) });
  const failed = verdicts.find(({ state }) => state !== "succeeded");
  if (failed) throw new Error(`Stage ${failed.stage} of the measurement is ${failed.state}: ${failed.says}`);
  const jobs = await owner.sql<{ id: string; effect: string; start: number; wall: number }[]>`
    select j.id, j.effect,
      extract(epoch from j.started_at - coalesce(a.at, j.queued_at)) * 1000 as start,
      extract(epoch from j.finished_at - j.queued_at) * 1000 as wall
    from job j left join approval a on a.job_id = j.id
    where j.tenant_id = ${started.tenantId} order by j.number`;
  const change = jobs.find(({ effect }) => effect !== "read");
  const look = jobs.find(({ effect }) => effect === "read");
  if (!change || !look) throw new Error("The measured tenant has a stage that looks and one that changes.");
  const { lines } = await bench.operator.api.jobs.output.query({ jobId: look.id, after: 0 });
  const calls = lines.flatMap(({ text, stream }) => {
    const ms = stream === "call" ? /\((\d+) ms/.exec(text)?.[1] : undefined;
    return ms === undefined ? [] : [Number(ms)];
  });
  const sum = calls.reduce((one, other) => one + other, 0);
  return { start: Number(change.start), overhead: Number(look.wall) - sum };
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
