import type { Json } from "#server/domain/canonical/json.ts";
import { tenantAudit as definition } from "#server/domain/operation/tenant.ts";
import { type OrderedThing, removalOrder } from "#server/domain/removal/order.ts";
import { keyOf, type OwnedThing, partOf } from "#server/domain/removal/thing.ts";
import { openReader } from "../cloud-reader.ts";
import { blocked } from "../draft.ts";
import type { Operation, ReadContext, StepDraft } from "../handler.ts";
import { refusal } from "./guard.ts";
import { ALL_PARTS, type Inventory, readInventory } from "./inventory.ts";
import { listInWords, removalWords } from "./words.ts";

/** The most things a removal is planned for: an approver ticks every one of them. */
const THINGS_MAX = 200;

/** Everything of the tenant, in the order in which it could be removed. Its plan is the inventory already. */
export const tenantAudit: Operation<typeof definition.parameters> = {
  definition,

  async plan(context, { domain_id, requires_gone, holds_nothing }) {
    const reader = await openReader(context);
    const inventory = await readInventory(reader, {
      domainId: domain_id,
      parts: ALL_PARTS,
      holdsNothing: holds_nothing,
      recorded: context.recorded,
    });
    const refused = (await refusal(context, reader, inventory.scope)) ?? obstacleIn(inventory);
    if (refused !== null) return refused;
    const early = inventory.things.filter((thing) => requires_gone.includes(partOf(thing)));
    if (early.length > 0) return stillThere(early);
    const order = orderedOf(inventory);
    return {
      disposition: "read",
      says: [foundInWords(inventory), ...inventory.notes].join(" "),
      outputs: {},
      preconditions: [
        { says: "The tenant owns this and nothing else", observed: inventory.things.map(keyOf).sort() },
      ],
      reads: reader.reads,
      removes: removalWords(order, () => null),
    };
  },

  async readBack(context, { domain_id, holds_nothing }) {
    const reader = await openReader(context);
    const inventory = await readInventory(reader, {
      domainId: domain_id,
      parts: ALL_PARTS,
      holdsNothing: holds_nothing,
      recorded: context.recorded,
    });
    await context.say(foundInWords(inventory));
    const { scope, things, notes } = inventory;
    return {
      values: {
        count: things.length,
        things: removalWords(orderedOf(inventory), () => null).map(({ callId: _none, ...thing }) => ({
          ...thing,
        })),
        notes: [...notes],
        projects: scope.projectIds,
        users: scope.userIds,
        domain: scope.domain === null ? "gone" : "present",
        // What the onboarding never came to: the stage after this one then finds its work done.
        cluster_id: known(context, "cluster_id"),
        project_id: known(context, "project_id"),
        trustee_id: known(context, "trustee_id"),
      },
    };
  },
};

/** What no removal may go past, or null. */
export function obstacleIn(inventory: Inventory): StepDraft | null {
  const { things, strangers } = inventory;
  if (strangers.length > 0) {
    return blocked(
      `Not only the tenant would lose something: ${strangers.slice(0, 5).join("; ")}${strangers.length > 5 ? ` and ${strangers.length - 5} more` : ""}. Nothing was asked for.`,
      "Ask whose it is and take it away from the tenant's things first.",
    );
  }
  if (things.length > THINGS_MAX) {
    return blocked(
      `The tenant owns ${things.length} things. A removal is planned for at most ${THINGS_MAX}, because somebody looks at each of them.`,
      "Have the tenant, or somebody who may, remove what is many and alike first: servers, ports, images.",
    );
  }
  const order = removalOrder(things);
  return order.kind === "ordered"
    ? null
    : blocked(
        `These hang on each other in a circle, so no order of removal is right: ${listInWords(order.things)}.`,
        "Untie one of them by hand, then preview again.",
      );
}

function orderedOf({ things }: Inventory): OrderedThing[] {
  const order = removalOrder(things);
  return order.kind === "ordered" ? order.things : order.things.map((thing) => ({ thing, after: [] }));
}

function stillThere(things: readonly OwnedThing[]): StepDraft {
  return blocked(
    `The tenant still has what an earlier stage removes: ${listInWords(things)}. It appeared since, or was left. Nothing was asked for.`,
    "Ask for the earlier stage again; it removes only what is there now.",
  );
}

function foundInWords({ things, scope }: Inventory): string {
  if (things.length > 0) {
    return `The tenant owns ${things.length} ${things.length === 1 ? "thing" : "things"}: ${listInWords(things)}.`;
  }
  return scope.domain === null ? "Nothing of the tenant is left." : "The tenant owns nothing.";
}

function known(context: Pick<ReadContext, "recorded">, name: string): Json {
  return context.recorded(name) ?? "none";
}
