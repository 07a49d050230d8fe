import { tenantRemove as definition } from "#server/domain/operation/tenant.ts";
import { removalOrder } from "#server/domain/removal/order.ts";
import {
  inWords,
  keyOf,
  type OwnedThing,
  partOf,
  type RemovalPart,
  type ThingKind,
} from "#server/domain/removal/thing.ts";
import { openReader } from "../cloud-reader.ts";
import type { Operation, ReadContext, StepDraft } from "../handler.ts";
import {
  CLUSTER_POLL_FIRST_MS,
  CLUSTER_POLL_LATER_MS,
  CLUSTER_POLL_EARLY_MS,
  REMOVAL_DEADLINE_MS,
} from "../limits.ts";
import { obstacleIn } from "./audit.ts";
import { removalCall } from "./calls.ts";
import { refusal } from "./guard.ts";
import { readInventory } from "./inventory.ts";
import { listInWords, removalWords } from "./words.ts";

/** Removes one part of what the tenant owns, each thing by a call of its own, in the order of what hangs on what. */
export const tenantRemove: Operation<typeof definition.parameters> = {
  definition,

  async plan(context, { domain_id, part, holds_nothing }) {
    const reader = await openReader(context);
    const inventory = await readInventory(reader, {
      domainId: domain_id,
      parts: [part],
      holdsNothing: holds_nothing,
      recorded: context.recorded,
    });
    const refused = (await refusal(context, reader, inventory.scope)) ?? obstacleIn(inventory);
    if (refused !== null) return refused;
    const order = removalOrder(inventory.things);
    const ordered = order.kind === "ordered" ? order.things : [];
    const own = ordered.map(({ thing }) => thing).filter(({ goesWith }) => goesWith === null);
    const calls = own.map((thing, at) => ({ key: keyOf(thing), call: removalCall(context, thing, at + 1) }));
    const callIds = new Map(calls.map(({ key, call }) => [key, call.id]));
    const words = removalWords(ordered, (thing) => callIds.get(keyOf(thing)) ?? null);
    const found = {
      outputs: {},
      preconditions: [
        { says: "This part of the tenant's things", observed: inventory.things.map(keyOf).sort() },
      ],
      reads: reader.reads,
      removes: words,
    };
    if (calls.length === 0) return { ...found, disposition: "already_so", says: NOTHING[part] };
    return {
      ...found,
      disposition: "apply",
      says: `${calls.length} ${calls.length === 1 ? "thing goes" : "things go"}, in this order: ${own.map(inWords).join(", ")}. It stops at the first that does not go.`,
      calls: calls.map(({ call }) => call),
      revert: "Nothing brings it back.",
    } satisfies StepDraft;
  },

  async readBack(context, { domain_id, part, holds_nothing }) {
    const left = await awaitGone(context, { domain_id, part, holds_nothing });
    const explanation = left.length === 0 ? "All of it is gone." : `Left of it: ${listInWords(left)}.`;
    await context.say(explanation);
    return {
      values: {
        part,
        left_count: left.length,
        left: left.map((thing) => `${inWords(thing)} (${thing.id})`),
        explanation,
        advice:
          left.length === 0
            ? ""
            : "Look at what keeps it, then ask for this stage again: it removes only what is there now.",
      },
    };
  },
};

const NOTHING: Record<RemovalPart, string> = {
  running: "No cluster, server or load balancer of the tenant is there.",
  stored: "No template, image, volume or server group of the tenant is there.",
  network: "No network, router, address or security group of the tenant is there.",
  access: "No keypair, role, trust or quota of the tenant is there.",
  domain: "The domain is gone, with everybody in it.",
};

/** What the cloud accepts to remove and then takes its time for. */
const TAKES_TIME: readonly ThingKind[] = ["cluster", "server", "load_balancer", "volume"];

/** What is still there once nothing that goes by itself is under way any more, or time is up. */
async function awaitGone(
  context: ReadContext,
  of: { domain_id: string; part: RemovalPart; holds_nothing: string[] },
): Promise<OwnedThing[]> {
  const startedAt = context.now().getTime();
  for (;;) {
    const { things } = await readInventory(await openReader(context), {
      domainId: of.domain_id,
      parts: [of.part],
      holdsNothing: of.holds_nothing,
      recorded: context.recorded,
    });
    // What goes with a thing of a later part is still there, and has to be.
    const left = things.filter(({ goesWith }) => goesWith === null || carriedBy(goesWith, things, of.part));
    const isUnderWay = left.some(({ kind }) => TAKES_TIME.includes(kind));
    const elapsedMs = context.now().getTime() - startedAt;
    if (!isUnderWay || elapsedMs >= REMOVAL_DEADLINE_MS || context.signal.aborted) return left;
    await context.say(`Still there after ${Math.round(elapsedMs / 1000)} s: ${listInWords(left)}`);
    await context.wait(elapsedMs < CLUSTER_POLL_EARLY_MS ? CLUSTER_POLL_FIRST_MS : CLUSTER_POLL_LATER_MS);
  }
}

/** Whether the carrier belongs to the same part, so that its end should have taken this along. */
function carriedBy(key: string, things: readonly OwnedThing[], part: RemovalPart): boolean {
  const carrier = things.find((thing) => keyOf(thing) === key);
  return carrier === undefined ? !OF_LATER_PARTS.test(key) : partOf(carrier) === part;
}

/** Application credentials and trusts go with users, which the part after theirs removes. */
const OF_LATER_PARTS = /^user:/;
