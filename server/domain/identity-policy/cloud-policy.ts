import { parsePolicy, type Policy } from "../oslo/policy.ts";
import { documentRules, type PolicyDocument, readPolicyDocument } from "./document.ts";
import { KEYSTONE_DEFAULTS } from "./keystone-defaults.ts";
import { findRelease, type KeystoneRelease, RELEASE_WORDS } from "./keystone-release.ts";
import { lintDocument, type PolicyFinding } from "./lint.ts";

/** An override, what it is laid over, and the Keystone that judges it, as they were written. */
export interface WrittenPolicy {
  source: string;
  live: string;
  release: string;
}

/** A saved state of a cloud's override. */
export interface SavedPolicy extends WrittenPolicy {
  number: number;
  /** SHA-256 of the override's bytes, in hex. */
  digest: string;
  /** Personas, places and cases as JSON; empty: the standard ones. */
  set: string;
}

export interface JudgedPolicy {
  document: PolicyDocument;
  /** The cloud's rules without the override: Keystone's own, and the cloud's file over them. */
  liveRules: Readonly<Record<string, unknown>>;
  release: KeystoneRelease;
  findings: readonly PolicyFinding[];
}

export type ReadPolicy =
  { kind: "read"; policy: JudgedPolicy } | { kind: "bad"; field: string; says: string };

/** Reads an override with what is under it. `bad` names the field that it cannot be read for. */
export function judgePolicy({ source, live, release }: WrittenPolicy): ReadPolicy {
  const found = findRelease(release);
  if (found === null) return { kind: "bad", field: "release", says: `Name one of ${RELEASE_WORDS}.` };
  const under = readPolicyDocument(live);
  const broken = under.faults.find(({ code }) => code === "yaml");
  if (broken !== undefined) {
    const { line, column } = broken.at;
    return { kind: "bad", field: "live", says: `Line ${line}, column ${column}: ${broken.says}` };
  }
  const liveRules = { ...KEYSTONE_DEFAULTS, ...documentRules(under) };
  const document = readPolicyDocument(source);
  const findings = lintDocument(document, { live: liveRules, release: found });
  return { kind: "read", policy: { document, liveRules, release: found, findings } };
}

/** What is in force: without the override, or with it laid over. */
export function effectivePolicy({ document, liveRules }: JudgedPolicy, isOverridden: boolean): Policy {
  return parsePolicy(isOverridden ? { ...liveRules, ...documentRules(document) } : liveRules);
}
