import * as z from "zod";
import type { Tx } from "#db/client.ts";
import { DomainError } from "#server/domain/error/domain-error.ts";
import { daySchema, newItemSchema } from "#server/domain/item/schema.ts";
import type { GateCover } from "#server/domain/register/gate/gate.ts";
import type { ItemKind } from "#server/domain/register/handoff/item.ts";
import { beginRegister, newPathOf } from "../register/begin.ts";
import { getTenant } from "../tenant/rows.ts";
import { findStageHome } from "../tenant/stage-home.ts";
import { verb } from "../verb.ts";
import { enterItem, lockItems } from "./enter-item.ts";
import { requireOwner } from "./owner.ts";

const createItemSchema = z.strictObject({
  /** The register of open items; null for the first one, which is begun where there is none. */
  documentId: z.uuid().nullable(),
  item: newItemSchema,
  ownerId: z.uuid().nullable(),
  dueOn: daySchema.nullable(),
  /** Of an H or V item: the stage that it says something against, of this tenant or of all tenants of its cloud. */
  about: z
    .strictObject({
      tenantId: z.uuid(),
      stageKey: z.string().min(1).max(120),
      tenants: z.enum(["this", "all"]),
    })
    .optional(),
});

/**
 * Enters an open item under the next free number of its kind. Its words have to come back from the document as they were
 * given; it stands behind the last of its section.
 */
export const createItem = verb({
  action: "item.create",
  input: createItemSchema,
  load: (tx, { documentId, item: { kind } }) => lockItems(tx, { documentId, kind }),
  object: (row) => ({ kind: "document", id: row?.id ?? newPathOf("handoff") }),
  run: async (tx, { person, input, row, at }) => {
    const { item: given, ownerId, dueOn, about } = input;
    const target = about && (await stageAbout(tx, about, given.kind));
    await requireOwner(tx, ownerId ?? undefined, "ownerId");
    const document = row ?? (await beginRegister(tx, "handoff", { personId: person.personId, at }));
    const { itemId, code } = await enterItem(tx, given, {
      document,
      ownerId,
      dueOn,
      ...(target ? { target } : {}),
      person,
      at,
    });
    return {
      output: { itemId, code },
      object: { kind: "item", id: itemId },
      audit: {
        code,
        documentId: document.id,
        kind: given.kind,
        ownerId,
        dueOn,
        ...(target ? { target: { ...target } } : {}),
      },
    };
  },
});

/** What an item is about that says something against a stage. It refutes the stage for as long as it is open. */
async function stageAbout(
  tx: Tx,
  { tenantId, stageKey, tenants }: { tenantId: string; stageKey: string; tenants: "this" | "all" },
  kind: ItemKind,
): Promise<GateCover> {
  if (kind !== "H" && kind !== "V") {
    throw new DomainError(
      "invalid",
      "Only an H or a V item says something against a stage. Nothing was entered.",
      { reason: "not_of_a_stage", field: "item.kind" },
    );
  }
  const { tenant, cloud, version } = await getTenant(tx, tenantId);
  const home = await findStageHome(tx, { onboarding: version, stageKey });
  if (home === null) {
    throw new DomainError(
      "not_found",
      `No runbook of ${tenant.slug} has a stage ${stageKey}. Nothing was entered.`,
      { reason: "not_found", field: "about.stageKey" },
    );
  }
  return {
    cloudName: cloud.name,
    tenantSlug: tenants === "this" ? tenant.slug : null,
    runbookSlug: home.runbook.slug,
    stageKey,
    operation: null,
  };
}
