import type { RegisteredActor } from "../actor/actor.ts";
import { ACTOR_CAP_HOURS } from "../actor/states.ts";

/** A certificate as the log of signatures has it. */
export interface LoggedCertificate {
  actorName: string;
  purpose: "person" | "run";
  serial: string;
  principals: readonly string[];
  validAfter: Date;
  validBefore: Date;
  revokedAt: Date | null;
  /** Whether the authority that signed it signs no more. */
  isUnderRetired: boolean;
  /** What the decision on record said. */
  effect: string;
}

/** live: hosts let it in; stale: they do, and it would not be signed so today. */
export type CertificateState = "live" | "stale" | "revoked" | "expired";

type ActorNow = Pick<RegisteredActor, "name" | "type" | "principals" | "maxTtlHours" | "isRetired">;
export type ActorsNow = ReadonlyMap<string, ActorNow>;

/** How a certificate stands, and why it is stale where it is. */
export function standingOf(
  certificate: LoggedCertificate,
  actors: ActorsNow,
  now: Date,
): { state: CertificateState; reasons: readonly string[] } {
  if (certificate.revokedAt !== null) return { state: "revoked", reasons: [] };
  if (now >= certificate.validBefore) return { state: "expired", reasons: [] };
  const reasons = staleReasons(certificate, actors.get(certificate.actorName) ?? null);
  return { state: reasons.length === 0 ? "live" : "stale", reasons };
}

function staleReasons(certificate: LoggedCertificate, actor: ActorNow | null): string[] {
  const under = certificate.isUnderRetired ? ["The authority that signed it signs no more."] : [];
  if (actor === null) return ["The registry has no such actor any more.", ...under];
  const lost = certificate.principals.filter((name) => !actor.principals.includes(name));
  const hours = hoursOf(certificate);
  return [
    ...(actor.isRetired ? ["The actor is retired."] : []),
    ...(lost.length === 0 ? [] : [`The actor no longer has ${lost.join(", ")}.`]),
    ...(hours > actor.maxTtlHours
      ? [`It is valid for longer than the ${actor.maxTtlHours} hours of its actor.`]
      : []),
    ...under,
  ];
}

const hoursOf = ({ validAfter, validBefore }: LoggedCertificate) =>
  (validBefore.getTime() - validAfter.getTime()) / 3_600_000;

export interface ScorecardRow {
  key: "ttl_policy" | "no_stale" | "one_live" | "retired_none" | "decided" | "authority";
  title: string;
  isGood: boolean;
  /** What stands against it, one sentence each. */
  findings: readonly string[];
}

/** What can be said of certificates by looking at the log and the registry alone. */
export function scorecard(of: {
  certificates: readonly LoggedCertificate[];
  actors: ActorsNow;
  hasAuthority: boolean;
  now: Date;
}): ScorecardRow[] {
  const { certificates, actors, now } = of;
  const open = certificates
    .map((certificate) => ({ ...certificate, ...standingOf(certificate, actors, now) }))
    .filter(({ state }) => state === "live" || state === "stale");
  const named = ({ actorName, serial }: LoggedCertificate) => `${actorName}, serial ${serial}`;
  const overCap = open.filter((one) => {
    const type = actors.get(one.actorName)?.type ?? null;
    return hoursOf(one) > (type === null ? 0 : ACTOR_CAP_HOURS[type]);
  });
  const carried = Map.groupBy(
    open.filter(({ purpose }) => purpose === "person"),
    ({ actorName }) => actorName,
  );
  const rows: Omit<ScorecardRow, "isGood">[] = [
    {
      key: "ttl_policy",
      title: "No certificate lasts longer than its type may",
      findings: overCap.map((one) => `${named(one)}: ${hoursOf(one)} hours.`),
    },
    {
      key: "no_stale",
      title: "No certificate is stale",
      findings: open
        .filter(({ state }) => state === "stale")
        .map((one) => `${named(one)}: ${one.reasons.join(" ")}`),
    },
    {
      key: "one_live",
      title: "An actor holds one certificate at a time",
      findings: [...carried].flatMap(([name, held]) =>
        held.length > 1 ? [`${name} holds ${held.length}.`] : [],
      ),
    },
    {
      key: "retired_none",
      title: "Retired actors hold none",
      findings: open
        .filter(({ actorName }) => actors.get(actorName)?.isRetired === true)
        .map((one) => `${named(one)}.`),
    },
    {
      key: "decided",
      title: "Each follows a decision that allowed it",
      findings: open.filter(({ effect }) => effect !== "allow").map((one) => `${named(one)}: ${one.effect}.`),
    },
    {
      key: "authority",
      title: "An authority can sign",
      findings: of.hasAuthority ? [] : ["The runner has made no key yet."],
    },
  ];
  return rows.map((row) => ({ ...row, isGood: row.findings.length === 0 }));
}
