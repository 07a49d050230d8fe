import { type Explained, explainRule } from "../oslo/explain.ts";
import type { Policy } from "../oslo/policy.ts";
import type { OsloDict } from "../oslo/values.ts";
import {
  findOperation,
  KEYSTONE_OPERATIONS,
  type KeystoneOperation,
  type TargetKind,
  urlVariables,
} from "./keystone-operation.ts";
import type { KeystoneRelease } from "./keystone-release.ts";
import type { MatrixCase, MatrixPlace, MatrixSet, Persona } from "./matrix-set.ts";
import { buildTarget } from "./policy-target.ts";

export interface Answer {
  expect: "allow" | "deny" | "exception";
  ours: "allow" | "deny";
  branch: string;
}

export interface MatrixCell {
  persona: string;
  operation: string;
  place: string;
  before: Answer;
  after: Answer;
}

export interface CaseVerdict extends MatrixCase {
  /** Null for a case that names what the matrix has not. */
  answer: Answer | null;
  holds: boolean;
}

export interface Matrix {
  cells: readonly MatrixCell[];
  cases: readonly CaseVerdict[];
  /** Operations that are asked for and not modelled. */
  unknown: readonly string[];
}

export interface MatrixPolicies {
  before: Policy;
  after: Policy;
  release: KeystoneRelease;
}

/** Every persona asks every operation about every place, before and after. */
export function simulateMatrix(set: MatrixSet, policies: MatrixPolicies): Matrix {
  const wanted = set.operations ?? KEYSTONE_OPERATIONS.map(({ rule }) => rule);
  const unknown = wanted.filter((rule) => findOperation(rule) === null);
  const cells: MatrixCell[] = [];
  for (const rule of wanted) {
    const operation = findOperation(rule);
    if (operation === null) continue;
    for (const place of set.places) {
      if (place.isForRoles && !operation.loads.includes("role")) continue;
      for (const persona of set.personas) cells.push(simulateCell({ operation, place, persona }, policies));
    }
  }
  const byKey = new Map(cells.map((cell) => [keyOf(cell), cell.after]));
  const cases = set.cases.map((each) => {
    const answer = byKey.get(keyOf(each)) ?? null;
    const holds =
      answer !== null && (each.group === "DENY" ? answer.expect === "deny" : answer.expect === "allow");
    return { ...each, answer, holds };
  });
  return { cells, cases, unknown };
}

/** A cell whose answer is another one after the change. */
export const isChanged = ({ before, after }: MatrixCell) =>
  before.expect !== after.expect || before.ours !== after.ours;

const keyOf = ({ persona, operation, place }: Pick<MatrixCell, "persona" | "operation" | "place">) =>
  JSON.stringify([persona, operation, place]);

interface Question {
  operation: KeystoneOperation;
  place: MatrixPlace;
  persona: Persona;
}

function simulateCell(
  { operation, place, persona }: Question,
  { before, after, release }: MatrixPolicies,
): MatrixCell {
  const input = { creds: persona.creds, target: targetOf({ operation, place, persona }, release) };
  return {
    persona: persona.name,
    operation: operation.rule,
    place: place.name,
    before: answerOf(explainRule(before, operation.rule, input)),
    after: answerOf(explainRule(after, operation.rule, input)),
  };
}

const answerOf = ({ expect, ours, branch }: Explained): Answer => ({
  expect: expect.kind,
  ours,
  branch: branch.join(" > "),
});

function targetOf({ operation, place, persona }: Question, release: KeystoneRelease): OsloDict {
  const userId = persona.creds["user_id"];
  const domainId = persona.creds["domain_id"];
  const idOf: Record<string, string> = {
    domain_id: place.domain,
    project_id: place.project,
    user_id: place.user,
    group_id: place.group,
    role_id: place.role,
  };
  const [path = ""] = operation.paths;
  const variables = Object.fromEntries(
    urlVariables({ ...operation, paths: [path] }).map((name) => [name, idOf[name] ?? `a-${name}`]),
  );
  const body =
    operation.creates === null
      ? {}
      : { [operation.creates]: newResource(operation.creates, place, userId ?? null) };
  const query = operation.filters.includes("domain_id") ? { domain_id: place.domain } : {};
  const tokenDomainId = typeof domainId === "string" ? domainId : null;
  return buildTarget(
    { operation, variables, query, body, tokenDomainId },
    directoryOf(place, persona),
    release,
  );
}

function newResource(kind: TargetKind, place: MatrixPlace, userId: OsloDict[string] | null): OsloDict {
  if (kind === "trust")
    return { trustor_user_id: userId ?? null, trustee_user_id: place.user, project_id: place.project };
  return { name: "new", domain_id: place.domain };
}

function directoryOf(place: MatrixPlace, persona: Persona) {
  return (kind: TargetKind, id: string): OsloDict | null => {
    const inDomain = { id, name: id, domain_id: place.domain };
    const own = persona.creds["user_id"] ?? null;
    switch (kind) {
      case "user":
      case "project":
      case "group":
        return id === "" ? null : inDomain;
      case "domain":
        return id === "" ? null : { id, name: id };
      case "role":
        return { id, name: place.role, domain_id: null };
      case "trust":
        return { id, trustor_user_id: place.user, trustee_user_id: place.user };
      case "credential":
        return { user_id: place.user };
      case "token":
        return { user_id: own, user: { domain: { id: persona.creds["user_domain_id"] ?? null } } };
    }
  };
}
