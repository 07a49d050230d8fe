import { readFileSync } from "node:fs";
import { parse, stringify } from "yaml";
import { z } from "zod";
import { parsePolicy, type Policy } from "#server/domain/oslo/policy.ts";
import type { DeliveredOverride, PolicyVariant } from "../kernel/world.ts";

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

/** The override that came with the cloud under the variant; null where none did. */
export function installedOverride({ override, createUser }: PolicyVariant): Record<string, unknown> | null {
  if (override === "off") return null;
  return createUser === "broken" ? { ...domainManager, ...createUserBroken } : domainManager;
}

/**
 * The policy Keystone enforces under the variant, with the cloud's own ids filled in and what was delivered since in the
 * place of what came with it; parsed once for each.
 */
export function loadIdentityPolicy(
  variant: PolicyVariant,
  ids: PolicyIds,
  delivered?: DeliveredOverride,
): Policy {
  const override = overrideInForce(variant, delivered);
  const key = [
    override === null ? "none" : (delivered?.zipSha256 ?? "as installed"),
    variant.createUser,
    variant.trust,
    variant.override,
    ids.adminDomainId,
    ids.servicesProjectId,
  ].join();
  const known = parsed.get(key);
  if (known !== undefined) return known;
  const policy = parsePolicy({ ...fillIds(underOverride(variant), ids), ...override });
  parsed.set(key, policy);
  return policy;
}

/** What Keystone goes by, as the files on its machine would say it. */
export function showPolicyFiles(
  variant: PolicyVariant,
  ids: PolicyIds,
  delivered?: DeliveredOverride,
): { live: string; override: string | null } {
  const override = overrideInForce(variant, delivered);
  const options = { defaultStringType: "QUOTE_DOUBLE", lineWidth: 0 } as const;
  return {
    live: stringify(fillIds(underOverride(variant), ids), options),
    override: override === null ? null : stringify(override, options),
  };
}

function overrideInForce(variant: PolicyVariant, delivered?: DeliveredOverride) {
  if (delivered === undefined) return installedOverride(variant);
  return delivered.isEnabled ? delivered.rules : null;
}

function underOverride({ trust }: PolicyVariant): Record<string, string> {
  return { ...keystoneDefaults, ...base, ...(trust === "body" ? trustBody : {}) };
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
