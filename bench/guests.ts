import { connect } from "#db/client.ts";
import { ownerUrl } from "#e2e/console.ts";
import { readActual } from "#server/domain/guest/actual.ts";
import { readDesired } from "#server/domain/guest/desired.ts";
import { openLanes } from "#server/domain/guest/lanes.ts";
import { planGuests } from "#server/domain/guest/plan.ts";
import type { Bench } from "./bench.ts";
import { type Figure, percentile } from "./figure.ts";

const HOSTS = 100;
const GUESTS = 100;
const ROUNDS = 20;
const LANES = 1000;
const PIECES = 100;

const numbers = Array.from({ length: GUESTS }, (_none, at) => 100 + at);

/** A host whose every guest differs from what is wanted of it. */
const desiredOf = (host: string) => ({
  host_id: host,
  generation: 1,
  guests: numbers.map((vmid) => ({
    vmid,
    run_state: "running",
    cores: 4,
    memory_mib: 2048,
    tags: ["b", "a"],
  })),
});
const actualOf = (host: string) => ({
  host_id: host,
  guests: numbers.map((vmid) => ({
    vmid,
    status: "stopped",
    name: `guest-${vmid}`,
    config: { cores: 2, memory: 1024, tags: "a;b", description: "One of many\n" },
  })),
});

/** Ten thousand guests over a hundred hosts, read from their documents and planned. */
export function measureGuestPlans(): Figure {
  const documents = Array.from({ length: HOSTS }, (_none, at) => {
    const host = `host-${at}`;
    return { desired: desiredOf(host), actual: actualOf(host) };
  });
  const samples: number[] = [];
  for (let round = 0; round < 5; round += 1) {
    const begun = performance.now();
    const lanes = documents.reduce(
      (sum, { desired, actual }) => sum + planGuests(readDesired(desired), readActual(actual)).lanes.length,
      0,
    );
    samples.push(performance.now() - begun);
    if (lanes !== HOSTS * GUESTS) throw new Error(`${lanes} lanes were planned, not one a guest.`);
  }
  return {
    name: `plan of ${HOSTS * GUESTS} guests over ${HOSTS} hosts`,
    measured: Math.max(...samples),
    bound: 1000,
    unit: "ms",
    note: "the slowest of five",
  };
}

/** A thousand lanes that are busy at once: how long their turns take to give, and how far the last one is behind. */
export function measureGuestLanes(): Figure {
  const lanes = openLanes<number>();
  for (let lane = 0; lane < LANES; lane += 1)
    for (let piece = 0; piece < PIECES; piece += 1) lanes.add(String(lane), piece);
  const turns = new Map<string, number>();
  let [most, behind] = [0, 0];
  const running: string[] = [];
  const begun = performance.now();
  for (let next = lanes.next(); next !== null; next = lanes.next()) {
    const turn = (turns.get(next.lane) ?? 0) + 1;
    turns.set(next.lane, turn);
    most = Math.max(most, turn);
    behind = Math.max(behind, most - turn);
    running.push(next.lane);
    if (running.length === LANES) for (const lane of running.splice(0)) lanes.done(lane);
  }
  const measured = performance.now() - begun;
  return {
    name: `${LANES} busy lanes, ${LANES * PIECES} turns`,
    measured,
    bound: 1000,
    unit: "ms",
    note: `no lane was more than ${behind} turns behind`,
  };
}

/** The page of a hundred hosts with a hundred guests each, rendered by the server. */
export async function measureFleet({ origin, dataDir, operator }: Bench): Promise<Figure> {
  const { hosts, hypervisors } = await operator.api.guests.fleet.query({});
  const cloudId = hypervisors[0]?.id ?? "";
  const first =
    hosts[0]?.id ?? (await operator.api.guests.addHost.mutate({ cloudId, node: "pve1" })).tenantId;
  const owner = connect(ownerUrl(dataDir), { max: 1 });
  // Hosts that no hypervisor has: the runner tries them later and keeps what was seen.
  await owner.sql`
    insert into tenant (id, slug, cloud_id, runbook_version_id, inputs, created_by, created_at)
    select gen_random_uuid(), 'bench-host-' || n, cloud_id, runbook_version_id, inputs, created_by, created_at
    from tenant, generate_series(1, ${HOSTS - 1}) n where id = ${first}`;
  await owner.sql`
    insert into desired_state (id, tenant_id, generation, document, saved_by, reason, at)
    select gen_random_uuid(), id, 1, jsonb_set(${JSON.stringify(desiredOf("x"))}::text::jsonb, '{host_id}', to_jsonb(slug)),
      created_by, 'Measured', now() - interval '1 minute'
    from tenant where slug like 'bench-host-%'`;
  await owner.sql`
    insert into guest_observation (tenant_id, document, observed_at, tried_at)
    select id, jsonb_set(${JSON.stringify(actualOf("x"))}::text::jsonb, '{host_id}', to_jsonb(slug)), now(), now()
    from tenant where slug like 'bench-host-%'`;
  await owner.close();
  const samples: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const begun = performance.now();
    const page = await fetch(`${origin}/guests`, { headers: { cookie: operator.cookie } });
    const html = await page.text();
    samples.push(performance.now() - begun);
    if (!html.includes(`bench-host-${HOSTS - 1}`)) throw new Error("The page does not hold the last host.");
  }
  return {
    name: `fleet of ${HOSTS} hosts with ${GUESTS} guests each, p95`,
    measured: percentile(samples, 0.95),
    bound: 300,
    unit: "ms",
    note: `p50 ${percentile(samples, 0.5).toFixed(0)} ms`,
  };
}
