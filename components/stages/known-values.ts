import type { Json } from "#server/domain/canonical/json.ts";
import type { KnownValues } from "./fill-known.ts";

type TenantFacts = {
  tenant: { id: string; slug: string; inputs: Readonly<Record<string, string | number>> | null };
  values: readonly { name: string; value: Json }[];
};

/** What is known of a tenant now, by the names the runbook uses. */
export function knownValuesOf({ tenant, values }: TenantFacts): KnownValues {
  return new Map<string, Json>([
    ["tenant.slug", tenant.slug],
    ["tenant.id", tenant.id],
    ...Object.entries(tenant.inputs ?? {}).map(([name, value]): [string, Json] => [`inputs.${name}`, value]),
    ...values.map(({ name, value }): [string, Json] => [`saved.${name}`, value]),
  ]);
}
