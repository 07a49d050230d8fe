import type { StagePlan } from "#server/domain/plan/plan.ts";

type Words = {
  /** The step or the part of the plan that differs. */
  where: string;
  /** What of it differs. */
  what: string;
};

const WHOLE: Readonly<Record<string, Words>> = {
  "runbook.contentHash": { where: "The runbook", what: "its text was changed" },
  "stage.hash": { where: "The runbook's stage", what: "its text was changed" },
  "cloud.id": { where: "The cloud", what: "another cloud" },
  "cloud.name": { where: "The cloud", what: "its name" },
  "tenant.id": { where: "The tenant", what: "another tenant" },
  "tenant.slug": { where: "The tenant", what: "its name" },
  effect: { where: "The whole plan", what: "its effect" },
};

const PARTS: Readonly<Record<string, string>> = {
  disposition: "what it will do",
  identity: "the identity it runs as",
  effect: "its effect",
  outputs: "what it answers",
  parameters: "its parameters",
  generates: "what it generates",
  save: "what it saves",
  expect: "what it expects",
  operation: "the operation",
  operationVersion: "the version of the operation",
  id: "which step it is",
  blockId: "the block it belongs to",
};

/** Names the place of a difference in words of the plan that a person has read, instead of a path. */
export function describeDifference(path: string, plan: StagePlan): Words {
  const whole = WHOLE[path];
  if (whole) return whole;
  const [head = "", index = "", part = "", sub, ...rest] = path.split(".");
  if (head === "gates")
    return { where: "The gate", what: [part, sub, ...rest].filter(Boolean).join(" ") || "a gate" };
  if (head !== "steps") return { where: "The plan", what: path };
  const step = plan.steps[Number(index)];
  const where = step ? step.words.title : `Step ${Number(index) + 1}`;
  if (part === "") return { where, what: "the whole step" };
  if (part === "preconditions" && sub !== undefined) {
    return { where, what: step?.preconditions[Number(sub)]?.says ?? "something it relies on" };
  }
  if (part === "calls" && sub !== undefined) {
    const call = step?.calls[Number(sub)];
    const name = call ? `${call.method} ${call.path}` : `call ${Number(sub) + 1}`;
    return { where, what: rest.length === 0 ? name : `${name}: ${rest.join(".")}` };
  }
  const name = PARTS[part] ?? part;
  const deep = [sub, ...rest].filter((piece) => piece !== undefined).join(".");
  return { where, what: deep === "" ? name : `${name}: ${deep}` };
}
