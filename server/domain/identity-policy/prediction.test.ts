import { expect, it } from "vitest";
import { loadIdentityPolicy } from "#server/sandbox/identity/policy-files.ts";
import { type Exchange, listCaptures } from "#server/sandbox/replay/recording.ts";
import { evaluateRule } from "../oslo/evaluate.ts";
import { findKey, isDict, isList, type OsloDict, type OsloValue } from "../oslo/values.ts";
import { readOsloDict } from "../oslo/json.ts";
import type { TargetKind } from "./keystone-operation.ts";
import { findRelease } from "./keystone-release.ts";
import { buildTarget, tokenCredentials } from "./policy-target.ts";
import { findRequest } from "./request-match.ts";

/** Exchanges of the recording that ask Keystone for an operation that is modelled; raise it, never lower it. */
const MODELLED_FLOOR = 190;
const KINDS = ["user", "project", "domain", "group", "role", "trust"] as const;
const release = findRelease("22.0.2-0+deb12u6");
if (release === null) throw new Error("The recorded Keystone's version is not known.");

const captures = listCaptures();
const exchanges = captures.flatMap((capture) =>
  capture.exchanges.flatMap((exchange) =>
    exchange.service === "identity" ? [{ capture: capture.capture, exchange }] : [],
  ),
);

/** Every resource that an answer of the recorded Keystone shows. */
const resources = new Map<string, OsloDict>();
for (const { exchange } of exchanges) {
  const answer = readOsloDict(exchange.response) ?? {};
  for (const kind of KINDS) {
    const many = answer[`${kind}s`];
    for (const item of [answer[kind], ...(isDictList(many) ? many : [])]) {
      if (item !== undefined && isDict(item) && typeof item["id"] === "string")
        resources.set(`${kind} ${item["id"]}`, item);
    }
  }
}

function isDictList(value: OsloValue | undefined): value is readonly OsloDict[] {
  return value !== undefined && isList(value) && value.every(isDict);
}

const find = (kind: TargetKind, id: string) => resources.get(`${kind} ${id}`) ?? null;
/** The recorded client looks at its own token; its text is masked. */
const subjectOf = (token: OsloDict): OsloDict => ({
  user_id: tokenCredentials(token)["user_id"],
  user: { domain: { id: tokenCredentials(token)["user_domain_id"] } },
});
const named = (kind: TargetKind, name: string) =>
  [...resources].flatMap(([key, item]) => (key.startsWith(`${kind} `) && item["name"] === name ? [key.slice(kind.length + 1)] : []))[0] ?? ""; // prettier-ignore
const ids = {
  adminDomainId: named("domain", "admin_domain"),
  servicesProjectId: named("project", "services"),
};

/** What the recorded policy was while a capture was made. */
function policyOf(capture: string) {
  return loadIdentityPolicy(
    {
      createUser: capture.startsWith("80-broken") ? "broken" : "fixed",
      trust: "target",
      appCredTrust: true,
      override: capture.startsWith("82-nooverride") ? "off" : "on",
    },
    ids,
  );
}

/** What the real Keystone's policy said; null where it was not asked. */
function observed({ status, response }: Exchange, rule: string): "allow" | "deny" | null {
  if (status === 401) return null;
  if (status !== 403) return "allow";
  return JSON.stringify(response ?? "").includes(`requested action: ${rule}.`) ? "deny" : null;
}

it("predicts what the recorded Keystone answered, for every exchange of an operation that is modelled", () => {
  const differences: string[] = [];
  const counts = { allow: 0, deny: 0, notAsked: 0, notModelled: new Set<string>() };
  let token: OsloDict | null = null;
  let capture = "";
  for (const { capture: name, exchange } of exchanges) {
    if (name !== capture) token = null;
    capture = name;
    const answer = readOsloDict(exchange.response) ?? {};
    const issued = findKey(answer, "token");
    if (exchange.path === "/v3/auth/tokens" && exchange.method === "POST") {
      if (exchange.status === 201 && issued !== undefined && isDict(issued)) token = issued;
      continue;
    }
    const matched = findRequest(exchange.method, exchange.path);
    if (matched === null || token === null) {
      counts.notModelled.add(`${exchange.method} ${exchange.path}`);
      continue;
    }
    const { rule } = matched.operation;
    const said = observed(exchange, rule);
    if (said === null) {
      counts.notAsked += 1;
      continue;
    }
    const creds = tokenCredentials(token);
    const subject = subjectOf(token);
    if (matched.operation.isLoadedFirst && exchange.status === 404) {
      counts.notAsked += 1;
      continue;
    }
    const target = buildTarget(
      {
        ...matched,
        query: Object.fromEntries(new URLSearchParams(exchange.query ?? "")),
        body: readOsloDict(exchange.body) ?? {},
        tokenDomainId: typeof creds["domain_id"] === "string" ? creds["domain_id"] : null,
      },
      (kind, id) => (kind === "token" ? subject : find(kind, id)),
      release,
    );
    const predicted = evaluateRule(policyOf(name), rule, { creds, target }).expect.kind;
    counts[said] += 1;
    if (predicted !== said) differences.push(`${name}: ${rule} ${exchange.method} ${exchange.path}: said ${said}, predicted ${predicted}`); // prettier-ignore
  }
  process.stdout.write(
    `predicted ${counts.allow} allowed and ${counts.deny} denied of ${exchanges.length} identity exchanges; ${counts.notAsked} not by policy; not modelled: ${[...counts.notModelled].slice(0, 40).join(", ")}\n`,
  );
  expect(differences).toEqual([]);
  expect(counts.deny).toBeGreaterThan(30);
  expect(counts.allow + counts.deny).toBeGreaterThanOrEqual(MODELLED_FLOOR);
});
