import type { PlannedStep } from "#server/domain/plan/plan.ts";

type Noun = { verb: string; one: string; many: string };

const made = (one: string, many = `${one}s`): Noun => ({ verb: "create", one, many });

/** What a changing step of an operation amounts to, for one sentence. An unknown one counts as another change. */
const NOUNS: Readonly<Record<string, Noun>> = {
  "identity.domain.ensure": made("domain"),
  "identity.user.ensure": made("user"),
  "identity.project.ensure": made("project"),
  "identity.domain_grant.ensure": made("role grant"),
  "identity.project_grant.ensure": made("role grant"),
  "identity.application_credential.ensure": made("application credential"),
  "compute.keypair.ensure": made("keypair"),
  "host.run": { verb: "run", one: "block on a host", many: "blocks on hosts" },
  "host.check": { verb: "run", one: "unattested check on a host", many: "unattested checks on hosts" },
  "network.network.ensure": made("network"),
  "network.subnet.ensure": made("subnet"),
  "network.router.ensure": made("router"),
  "container_infra.template.ensure": made("cluster template"),
  "container_infra.cluster.ensure": made("cluster"),
  "container_infra.cluster.delete": { verb: "delete", one: "cluster", many: "clusters" },
  "identity.user.password.ensure": { verb: "set", one: "password", many: "passwords" },
  "compute.quota.ensure": { verb: "set", one: "quota", many: "quotas" },
  "network.quota.ensure": { verb: "set", one: "quota", many: "quotas" },
  "network.router_gateway.ensure": { verb: "set", one: "router gateway", many: "router gateways" },
  "network.router_interface.ensure": { verb: "attach", one: "router interface", many: "router interfaces" },
};
const OTHER: Noun = { verb: "make", one: "other change", many: "other changes" };
const ATTEMPT: Noun = { verb: "try", one: "grant that must be refused", many: "grants that must be refused" };

function joined(parts: readonly string[]): string {
  return parts.length < 2 ? parts.join("") : `${parts.slice(0, -1).join(", ")} and ${parts.at(-1) ?? ""}`;
}

function nounOf(step: PlannedStep): Noun {
  return step.disposition === "attempt" ? ATTEMPT : (NOUNS[step.operation] ?? OTHER);
}

/** "create 1 domain and 1 user, to set 2 quotas, and to try 1 grant that must be refused"; "look at 7 things". */
export function describeChanges(steps: readonly PlannedStep[]): string {
  const sending = steps.filter(({ calls }) => calls.length > 0);
  if (sending.length === 0) return `look at ${steps.length} ${steps.length === 1 ? "thing" : "things"}`;
  const ordered = sending.toSorted((a, b) => Number(nounOf(a) === ATTEMPT) - Number(nounOf(b) === ATTEMPT));
  const byVerb = Map.groupBy(ordered, (step) => nounOf(step).verb);
  const acts = [...byVerb].map(([verb, ofVerb]) => {
    const byNoun = Map.groupBy(ofVerb, (step) => nounOf(step).one);
    const nouns = [...byNoun].map(([one, own]) => {
      const [first] = own;
      return `${own.length} ${own.length === 1 || !first ? one : nounOf(first).many}`;
    });
    return `${verb} ${joined(nouns)}`;
  });
  return acts
    .map((act, at) => (at === 0 ? act : `${at === acts.length - 1 ? "and " : ""}to ${act}`))
    .join(", ");
}

export type PlanCounts = {
  changing: number;
  alreadySo: number;
  looking: number;
  refused: number;
  calls: number;
};

/** How many steps of each kind there are, and how many calls they send. */
export function countSteps(steps: readonly PlannedStep[]): PlanCounts {
  const of = (disposition: PlannedStep["disposition"]) =>
    steps.filter((step) => step.disposition === disposition).length;
  return {
    changing: of("apply"),
    alreadySo: of("already_so"),
    looking: of("read"),
    refused: of("attempt"),
    calls: steps.reduce((sum, { calls }) => sum + calls.length, 0),
  };
}

/** "3 steps will change the cloud with 3 calls, 2 are already so, 1 only looks." */
export function describeCounts({ changing, alreadySo, looking, refused, calls }: PlanCounts): string {
  const parts = [
    changing > 0 && `${changing} ${changing === 1 ? "step" : "steps"} will change the cloud`,
    refused > 0 && `${refused} must be refused by it`,
    alreadySo > 0 && `${alreadySo} ${alreadySo === 1 ? "is" : "are"} already so`,
    looking > 0 && `${looking} only ${looking === 1 ? "looks" : "look"}`,
  ].filter((part) => part !== false);
  const sent =
    calls === 0
      ? "Nothing is sent that changes anything"
      : `${calls} ${calls === 1 ? "call is" : "calls are"} sent`;
  return `${parts.join(", ")}. ${sent}.`;
}
