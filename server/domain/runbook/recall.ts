import { parameterSchema } from "../check/parameters.ts";
import type { newItemSchema } from "../item/schema.ts";
import type * as z from "zod";
import { HOST_CHECK, writtenShellSchema } from "../shell/schema.ts";
import type { RunbookStage } from "./runbook.ts";

type NewItem = z.output<typeof newItemSchema>;

/** A CHECK of a stage that can be run by itself: its text, where it runs, and what it is given. */
export interface StageCheck {
  host: string;
  script: string;
  parameters: readonly z.output<typeof parameterSchema>[];
  /** Of each parameter, as the runbook writes it. */
  values: Readonly<Record<string, string>>;
}

/** The first CHECK on a host that the stage has; null where it has none, or none that a check of the registers can hold. */
export function checkOfStage({ parts }: Pick<RunbookStage, "parts">): StageCheck | null {
  for (const part of parts) {
    if (part.kind !== "block" || part.block.on?.kind !== "check") continue;
    const step = part.block.steps.find(({ operation }) => operation === HOST_CHECK);
    const written = writtenShellSchema.safeParse(step?.with).data;
    if (written === undefined || written.secrets.length > 0) continue;
    const given = Object.entries(written.environment);
    const parameters = given.map(([name, { type }]) => parameterSchema.safeParse({ name, type }).data);
    if (parameters.includes(undefined)) continue;
    return {
      host: part.block.on.host,
      script: written.script,
      parameters: parameters.filter((one) => one !== undefined),
      values: Object.fromEntries(given.map(([name, { value }]) => [name, value])),
    };
  }
  return null;
}

export interface Recalled {
  stage: Pick<RunbookStage, "key" | "title" | "hash">;
  slug: string;
  tenant: { slug: string; cloud: string };
  /** The run of the older text. */
  ran: { number: number; stageHash: string; finishedAt: Date };
  check: StageCheck | null;
  /** A stage of the runbook that only reads, at this one or behind it; it can be run again. */
  readingStage: string | null;
}

/** The V item of one tenant that ran an older text of a corrected stage. */
export function recallItemOf({ stage, slug, tenant, ran, check, readingStage }: Recalled): NewItem {
  const day = ran.finishedAt.toISOString().slice(0, 10);
  const values = Object.entries(check?.values ?? {}).map(
    ([name, value]) => `${name} is ${value.replaceAll("{{ tenant.slug }}", tenant.slug)}.`,
  );
  const how =
    check !== null
      ? `Run the check below.${values.length === 0 ? "" : ` ${values.join(" ")}`}`
      : readingStage !== null
        ? `Stage ${readingStage} only reads: run it again for ${tenant.slug}.`
        : "No check stands in the runbook: compare by hand what the stage made with what it makes now.";
  return {
    kind: "V",
    title: `${tenant.slug} ran an older text of stage ${stage.key} of ${slug}: see that it holds`,
    refs: "",
    body: `The stage "${stage.title}" was corrected after ${tenant.slug} on the cloud ${tenant.cloud} had run it. It ran as ${short(ran.stageHash)} in job ${ran.number} on ${day}; the corrected text is ${short(stage.hash)}. ${how}`,
    fix: "",
    accept: [`What the corrected stage ${stage.key} asks for is so at ${tenant.slug}`],
    check: check === null ? null : { host: check.host, script: check.script.trimEnd() },
    ruleOnResult: "If it is not so, open an H item for the tenant and bring it to the corrected text.",
    trigger: "",
  };
}

const short = (hash: string): string => hash.slice(0, 15);
