import { randomInt } from "node:crypto";
import { parseArgs } from "node:util";
import { DEFAULT_TENANT_INPUTS } from "#server/domain/tenant/schema.ts";
import { supervisorEnv } from "#server/env.ts";
import { signIn } from "./api-client.ts";
import { demoPerson, useConsole } from "./console.ts";
import { freeNetwork } from "./free-network.ts";
import { runStages, startTenant, type StageVerdict } from "./onboard.ts";

/**
 * Onboards a tenant as two people through the public API and prints each step.
 *
 *   --tenant NAME   client name (default demo-<number>)
 *   --cloud NAME    one of the configured clouds (default: OS_CLOUD, else the embedded one)
 *   --again         run every stage a second time and insist that nothing is sent
 *   --expect STATE  how the run has to end: `passed`, or `failed:<stage>:<words of the explanation>`
 *
 * Exit status 0 when it ended as expected, 1 otherwise.
 */
const { values } = parseArgs({
  options: {
    tenant: { type: "string" },
    cloud: { type: "string" },
    again: { type: "boolean", default: false },
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
  const { osCloud, tenantPool } = supervisorEnv();
  const seed = randomInt(1, 100_000);
  const started = await startTenant(cast, {
    slug: values.tenant ?? `demo-${seed}`,
    cloud: values.cloud ?? osCloud ?? "embedded",
    inputs: { ...DEFAULT_TENANT_INPUTS, cidr: freeNetwork(tenantPool, seed) },
  });
  const first = await runStages(cast, started);
  const second =
    values.again && isPassed(first, started.stages.length) ? await runStages(cast, started) : null;
  process.exitCode = judge(first, second, started.stages.length) ? 0 : 1;
} finally {
  await running.stop();
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
