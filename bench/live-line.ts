import superjson from "superjson";
import { DEFAULT_TENANT_INPUTS } from "#server/domain/tenant/schema.ts";
import { runStages, startTenant } from "#server/demo/onboard.ts";
import type { Bench } from "./bench.ts";
import { type Figure, percentile } from "./figure.ts";

/**
 * From a line's write by the runner to its text at a client that follows as a page does: the announced change over
 * the event stream, then the read of the lines after the last one.
 */
export async function measureLiveLine(bench: Bench): Promise<Figure> {
  const samples: number[] = [];
  const leave = new AbortController();
  const following = follow(bench, { signal: leave.signal, onLine: (ms) => samples.push(ms) });
  const cast = { ...bench, say: () => undefined };
  const inputs = { ...DEFAULT_TENANT_INPUTS, cidr: "10.20.1.0/24" };
  const started = await startTenant(cast, { slug: "bench-live", cloud: "embedded", inputs });
  await runStages(cast, { ...started, stages: started.stages.slice(0, 3) });
  leave.abort();
  await following;
  return {
    name: "line written to line at a client, p95",
    measured: percentile(samples, 0.95),
    bound: 150,
    unit: "ms",
    note: `p50 ${percentile(samples, 0.5).toFixed(0)} ms over ${samples.length} lines`,
  };
}

async function follow(
  bench: Bench,
  given: { signal: AbortSignal; onLine: (ms: number) => void },
): Promise<void> {
  const seen = new Map<string, number>();
  const read = async (jobId: string) => {
    const after = seen.get(jobId) ?? 0;
    const { lines } = await bench.operator.api.jobs.output.query({ jobId, after });
    const now = Date.now();
    for (const line of lines) {
      if (line.seq <= (seen.get(jobId) ?? 0)) continue;
      seen.set(jobId, line.seq);
      given.onLine(now - line.at.getTime());
    }
  };
  try {
    const stream = await fetch(`${bench.origin}/api/trpc/live.changes`, {
      headers: { cookie: bench.operator.cookie, accept: "text/event-stream" },
      signal: given.signal,
    });
    let rest = "";
    for await (const chunk of stream.body?.pipeThrough(new TextDecoderStream()) ?? []) {
      const events = (rest + chunk).split("\n\n");
      rest = events.pop() ?? "";
      for (const jobId of new Set(events.flatMap(jobsOf))) await read(jobId);
    }
  } catch (error) {
    if (!given.signal.aborted) throw error;
  }
}

/** Jobs whose output an event announces. */
function jobsOf(event: string): string[] {
  const data = /^data: (.*)$/m.exec(event)?.[1];
  if (!data?.startsWith('{"json"')) return [];
  const changes: unknown = superjson.parse(data);
  if (!Array.isArray(changes)) return [];
  return changes.flatMap((change: { kind?: string; jobId?: string }) =>
    change.kind === "output_line" && change.jobId ? [change.jobId] : [],
  );
}
