import { readFileSync } from "node:fs";
import { parse } from "yaml";
import { z } from "zod";
import { parsePolicy, type Policy } from "#server/domain/oslo/policy.ts";
import type { PolicyVariant } from "../kernel/world.ts";

export interface PolicyIds {
  adminDomainId: string;
  servicesProjectId: string;
}

const rulesSchema = z.record(z.string(), z.string());

const base = readRules("base.yaml");
const domainManager = readRules("domain-manager.yaml");
const createUserBroken = readRules("create-user-broken.yaml");
const trustBody = readRules("trust-body.yaml");
const keystoneDefaults = readRules("keystone-defaults.yaml");

const parsed = new Map<string, Policy>();

/** The policy Keystone enforces under the variant, with the cloud's own ids filled in; parsed once per variant. */
export function loadIdentityPolicy(variant: PolicyVariant, ids: PolicyIds): Policy {
  const key = [
    variant.createUser,
    variant.trust,
    variant.override,
    ids.adminDomainId,
    ids.servicesProjectId,
  ].join();
  const known = parsed.get(key);
  if (known !== undefined) return known;
  const rules = {
    ...keystoneDefaults,
    ...base,
    ...(variant.trust === "body" ? trustBody : {}),
    ...(variant.override === "on" ? domainManager : {}),
    ...(variant.override === "on" && variant.createUser === "broken" ? createUserBroken : {}),
  };
  const policy = parsePolicy(fillIds(rules, ids));
  parsed.set(key, policy);
  return policy;
}

function readRules(name: string): Record<string, string> {
  return rulesSchema.parse(parse(readFileSync(new URL(`./policy/${name}`, import.meta.url), "utf8")));
}

function fillIds(rules: Record<string, string>, ids: PolicyIds): Record<string, string> {
  const filled = Object.entries(rules).map(([name, rule]) => [
    name,
    rule
      .replaceAll("@ADMIN_DOMAIN_ID@", ids.adminDomainId)
      .replaceAll("@SERVICES_PROJECT_ID@", ids.servicesProjectId),
  ]);
  return Object.fromEntries(filled);
}
