import { randomInt } from "node:crypto";
import { parseArgs } from "node:util";
import { DEFAULT_TENANT_INPUTS } from "#server/domain/tenant/schema.ts";
import { supervisorEnv } from "#server/env.ts";
import { signIn } from "./api-client.ts";
import { demoPerson, useConsole } from "./console.ts";
import { freeNetwork } from "./free-network.ts";
import { type Cast, runStages, startTenant, type StageVerdict } from "./onboard.ts";
import { removeTenant } from "./removal.ts";
import { enrolSigner } from "./signer.ts";

/**
 * Onboards a tenant as two people through the public API and prints each step.
 *
 *   --tenant NAME   client name (default demo-<number>)
 *   --cloud NAME    one of the configured clouds (default: OS_CLOUD, else the embedded one)
 *   --again         run every stage a second time and insist that nothing is sent
 *   --offboard      then take it off the cloud again, with two other tenants in it that must not change
 *   --expect STATE  how the run has to end: `passed`, or `failed:<stage>:<words of the explanation>`
 *
 * Exit status 0 when it ended as expected, 1 otherwise.
 */
const { values } = parseArgs({
  options: {
    tenant: { type: "string" },
    cloud: { type: "string" },
    again: { type: "boolean", default: false },
    offboard: { type: "boolean", default: false },
    expect: { type: "string", default: "passed" },
  },
});

const say = (line: string) => void process.stdout.write(`${line}\n`);
const running = await useConsole();
try {
  const cast = {
    operator: await signIn(running.origin, demoPerson(running.dataDir, "Olivia Operator")),
    reviewer: await signIn(running.origin, demoPerson(running.dataDir, "Rita Reviewer")),
    say,
  };
  const seed = randomInt(1, 100_000);
  const started = await startOne(cast, values.tenant ?? `demo-${seed}`, seed);
  const first = await runStages(cast, started);
  const second =
    values.again && isPassed(first, started.stages.length) ? await runStages(cast, started) : null;
  const isRight = judge(first, second, started.stages.length);
  const isRemoved = isRight && values.offboard ? await offboard(cast, started.tenantId, seed) : true;
  process.exitCode = isRight && isRemoved ? 0 : 1;
} finally {
  await running.stop();
}

/** A tenant on the chosen cloud, with a network of its own. */
function startOne(voices: Cast, slug: string, seed: number) {
  const { osCloud, tenantPool } = supervisorEnv();
  return startTenant(voices, {
    slug,
    cloud: values.cloud ?? osCloud ?? "embedded",
    inputs: { ...DEFAULT_TENANT_INPUTS, cidr: freeNetwork(tenantPool, seed) },
  });
}

/** Two tenants as far as their people, then the removal of the first one between two looks at them. */
async function offboard(voices: Cast, tenantId: string, from: number): Promise<boolean> {
  const admin = await signIn(running.origin, demoPerson(running.dataDir, "Ada Admin"));
  const owner = await signIn(running.origin, demoPerson(running.dataDir, "Oscar Operator"));
  const signer = await enrolSigner({ owner, asks: admin, agrees: voices.reviewer });
  try {
    const others: string[] = [];
    for (const nth of [1, 2]) {
      const other = await startOne(voices, `beside-${from + nth}`, from + nth);
      const stages = other.stages.filter(({ key }) => ["0", "1", "2"].includes(key));
      if (!isPassed(await runStages(voices, { ...other, stages }), stages.length)) return false;
      others.push(other.tenantId);
    }
    const wrong = await removeTenant(
      { ...voices, sign: (jobId) => signer.sign(jobId) },
      { tenantId, others },
    );
    say(
      `\n${wrong.length === 0 ? "Removed: nothing of it is left, and nobody else lost anything" : "NOT removed as expected"}`,
    );
    for (const line of wrong) say(`  ${line}`);
    return wrong.length === 0;
  } finally {
    await signer.close();
  }
}

function isPassed(verdicts: readonly StageVerdict[], stageCount: number): boolean {
  return verdicts.length === stageCount && verdicts.every(({ state }) => state === "succeeded");
}

function judge(
  first: readonly StageVerdict[],
  second: readonly StageVerdict[] | null,
  stageCount: number,
): boolean {
  const [expected, stage, words] = values.expect.split(":");
  const last = first.at(-1);
  const explanation = [
    last?.says,
    ...(last?.failed ?? []).flatMap(({ observed, advice }) => [observed, advice]),
  ].join(" ");
  const isExpected =
    expected === "passed"
      ? isPassed(first, stageCount)
      : last?.state !== "succeeded" && last?.stage === stage && explanation.includes(words ?? "");
  // Attempts that the cloud must refuse are sent every time; that is what they are for.
  const repeated = second?.filter(({ sent, stage: key }) => sent > 0 && key !== "2") ?? [];
  const isQuiet = second === null || (isPassed(second, stageCount) && repeated.length === 0);
  say(`\n${isExpected && isQuiet ? "As expected" : "NOT as expected"}: ${values.expect}`);
  for (const { stage: key, sent } of repeated) say(`  stage ${key} sent ${sent} calls when it was run again`);
  return isExpected && isQuiet;
}
