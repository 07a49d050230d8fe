import type { Json } from "../canonical/json.ts";
import { generateSnapshot } from "../actor/generate.ts";
import { type LoadedRegistry, readSnapshot } from "../actor/snapshot.ts";
import { accessPolicy } from "./access.ts";
import type { WrittenCase } from "./case.ts";
import type { PolicyPackage } from "./document.ts";
import { readCheck } from "./request.ts";

export interface CaseResult {
  name: string;
  kind: "fixture" | "test";
  isPassing: boolean;
  expected: string;
  observed: string;
}

/** Runs every fixture and test of a package, over its own actors or else over this registry. */
export function runCases(of: PolicyPackage, inForce: LoadedRegistry): CaseResult[] {
  const own = of.inventory === null ? null : readSnapshot(generateSnapshot(of.inventory));
  const registry = own?.kind === "read" ? own.registry : inForce;
  const policy = accessPolicy(registry, of);
  return of.cases.map((one) => {
    const { effect, reason, rule } = one.expect;
    const read = readCheck(requestOf(one, of.cases));
    const ruling = read.kind === "read" ? policy.evaluate(read.value) : null;
    const isPassing =
      ruling?.effect === effect && ruling.reason === reason && (rule === undefined || ruling.rule === rule);
    return {
      name: "id" in one ? one.id : one.test,
      kind: "id" in one ? ("fixture" as const) : ("test" as const),
      isPassing,
      expected: words(effect, reason, rule),
      observed:
        ruling === null
          ? `refused${read.kind === "refused" ? `: ${read.says}` : ""}`
          : words(ruling.effect, ruling.reason, rule === undefined ? undefined : ruling.rule),
    };
  });
}

const words = (effect: string, reason: string, rule?: string) =>
  `${effect} ${reason}${rule === undefined ? "" : ` by ${rule}`}`;

function requestOf(one: WrittenCase, cases: readonly WrittenCase[]): Json {
  if ("id" in one) return one.request;
  const base = cases.find((other) => "id" in other && other.id === one.from);
  let request: Json = base !== undefined && "id" in base ? base.request : {};
  for (const [path, value] of Object.entries(one.set)) request = changed(request, path.split("."), value);
  for (const path of one.unset) request = changed(request, path.split("."), undefined);
  return request;
}

function changed(value: Json, [name, ...rest]: readonly string[], to: Json | undefined): Json {
  if (name === undefined) return to ?? null;
  const object = isObject(value) ? value : {};
  const others = Object.entries(object).filter(([key]) => key !== name);
  if (rest.length === 0 && to === undefined) return Object.fromEntries(others);
  const inner = rest.length === 0 ? (to ?? null) : changed(object[name] ?? {}, rest, to);
  return Object.fromEntries([...others, [name, inner]]);
}

const isObject = (value: Json): value is { readonly [key: string]: Json } =>
  typeof value === "object" && value !== null && !Array.isArray(value);
