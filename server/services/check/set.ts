import { eq } from "drizzle-orm";
import type { Tx } from "#db/client.ts";
import { checkSetting } from "#db/schema/check.ts";
import { cloud } from "#db/schema/cloud.ts";
import { tenant } from "#db/schema/tenant.ts";
import { type CheckTarget, setCheckSchema } from "#server/domain/check/schema.ts";
import { DomainError } from "#server/domain/error/domain-error.ts";
import { lockItem } from "../item/change-item.ts";
import { verb } from "../verb.ts";
import { readSettings } from "./subject.ts";

/** How a check is run and judged from now on: target, freshness, time, parameters and expectations. */
export const setCheck = verb({
  action: "check.set",
  input: setCheckSchema,
  load: async (tx, { itemId }) => {
    const item = await lockItem(tx, itemId);
    return { item, ...(await readSettings(tx, itemId)) };
  },
  object: ({ item }) => ({ kind: "item", id: item.id }),
  run: async (tx, { person, input: { base, settings, reason }, row, at }) => {
    if (row.item.kind !== "V") {
      throw new DomainError("invalid", "Only a V item has a check.", { reason: "no_block" });
    }
    if (row.settingsNumber !== base) {
      throw new DomainError(
        "conflict",
        "Somebody else set this check meanwhile. Nothing was saved; reload and look.",
        {
          reason: "stale",
        },
      );
    }
    await requireTarget(tx, settings.target);
    const number = base + 1;
    await tx.insert(checkSetting).values({
      itemId: row.item.id,
      number,
      content: settings,
      reason,
      personId: person.personId,
      at,
    });
    return { output: { number }, audit: { number, settings, reason } };
  },
});

async function requireTarget(tx: Tx, target: CheckTarget | null): Promise<void> {
  if (target === null) return;
  const found =
    target.kind === "cloud"
      ? await tx.select({ id: cloud.id }).from(cloud).where(eq(cloud.name, target.cloudName))
      : await tx.select({ id: tenant.id }).from(tenant).where(eq(tenant.id, target.tenantId));
  if (found.length === 0) {
    throw new DomainError("invalid", "What the check looks at is not known here. Nothing was saved.", {
      reason: "no_target",
      field: "settings.target",
    });
  }
}
