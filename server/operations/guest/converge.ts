import { KEY_ROTATION } from "#server/domain/effect/classify.ts";
import type { Json } from "#server/domain/canonical/json.ts";
import type { DesiredHost } from "#server/domain/guest/desired.ts";
import {
  type GuestDifference,
  type GuestLane,
  type GuestPlan,
  planGuests,
} from "#server/domain/guest/plan.ts";
import { GuestDocumentError } from "#server/domain/guest/read-document.ts";
import { guestConverge as definition } from "#server/domain/operation/guest.ts";
import { openReader } from "../cloud-reader.ts";
import { blocked, notFound } from "../draft.ts";
import type { Operation, PlanContext, ReadContext, StepDraft } from "../handler.ts";
import { callOf } from "./calls.ts";
import { observeHost, type ObservedHost } from "./observe.ts";

/** Start, stop and set_config for guests that stand in the desired state and on the host; nothing else, ever. */
export const guestConverge: Operation<typeof definition.parameters> = {
  definition,

  async plan(context) {
    const { slug: node } = context.tenant;
    const desired = await context.desired();
    if (desired === null) return nothingWanted(node);
    const closed = await closedBy(context);
    if (closed !== null) return closed;
    const reader = await openReader(context);
    try {
      const observed = await look(reader, desired);
      const plan = planGuests(desired, observed.actual);
      const preconditions = [
        { says: `The desired state has generation ${desired.generation}`, observed: desired.generation },
        ...plan.lanes.map(seenOf),
      ];
      const outputs = { generation: desired.generation };
      const says = inWords(plan);
      if (plan.lanes.length === 0) {
        return { disposition: "already_so", says, outputs, preconditions, reads: reader.reads };
      }
      const calls = plan.lanes.flatMap(({ vmid, kind, actions }) => {
        const config = observed.configs.get(vmid) ?? {};
        const target = { stepId: context.stepId, node, kind, vmid, config };
        return actions.map((action) => ({ ...callOf(target, action), lane: String(vmid) }));
      });
      const revert = revertOf(plan);
      return { disposition: "apply", says, calls, outputs, preconditions, reads: reader.reads, revert };
    } catch (error) {
      if (!(error instanceof GuestDocumentError)) throw error;
      return blocked(
        `What the hypervisor answers, or what is wanted of ${node}, makes no sense: ${error.message}`,
        "Look at the guest that is named, or correct the desired state.",
      );
    }
  },

  async readBack(context) {
    const desired = await requireDesired(context);
    const { actual } = await look(await openReader(context), desired);
    const plan = planGuests(desired, actual);
    const left = plan.lanes.reduce((sum, { actions }) => sum + actions.length, 0);
    await context.say(inWords(plan));
    return {
      values: {
        generation: desired.generation,
        left,
        guests: plan.lanes.map(({ vmid, differences }) => ({ vmid, differences: differences.map(inJson) })),
        held: plan.held.map(({ vmid, says }) => ({ vmid, says })),
        only_desired: [...plan.only_desired],
        only_actual: [...plan.only_actual],
      },
    };
  },
};

function look(reader: Awaited<ReturnType<typeof openReader>>, desired: DesiredHost): Promise<ObservedHost> {
  const wanted = new Set(desired.guests.map(({ vmid }) => vmid));
  return observeHost(reader, desired.host_id, (vmid) => wanted.has(vmid));
}

export const nothingWanted = (node: string) =>
  blocked(
    `Nobody has said yet what the guests of ${node} are wanted to be. Nothing was read.`,
    "Save a desired state for this host, then preview again.",
  );

/** Name of the value on record of a host whose guests were all destroyed by a signed decommission. */
const GIVEN_UP = "given_up";

export const isGivenUp = ({ recorded }: Pick<PlanContext, "recorded">) => recorded(GIVEN_UP) === true;

/** Why nothing is planned on a host now, whatever it is; `op`: what an armed recovery mode leaves open is let through. */
export async function closedBy(context: PlanContext, op = ""): Promise<StepDraft | null> {
  const { slug: node } = context.tenant;
  if (isGivenUp(context)) {
    return blocked(
      `${node} was given up: its guests were destroyed by a signed decommission. Nothing is planned on it any more, and nothing was read.`,
      "If the machine is used again, give it another name there and add that one as a host.",
    );
  }
  const until = await context.recoveryUntil();
  if (until === null || op === KEY_ROTATION) return null;
  return blocked(
    `The recovery mode of ${node} is armed until ${until.toISOString()}. Nothing is planned there but the replacement of its API token, and nothing was read.`,
    "Wait until it is over, or end it on the page of the host.",
  );
}

export async function requireDesired(context: PlanContext | ReadContext): Promise<DesiredHost> {
  const desired = await context.desired();
  if (desired === null) throw notFound(`There is no desired state of ${context.tenant.slug}.`);
  return desired;
}

const seenOf = ({ vmid, differences }: GuestLane) => ({
  says: `Guest ${vmid} differs as shown`,
  observed: { vmid, differences: differences.map(inJson) },
});

const inJson = ({ field, desired, actual }: GuestDifference): Json => ({ field, desired, actual });

function inWords({ generation, lanes, held, only_desired, only_actual }: GuestPlan): string {
  const what = lanes.map(({ vmid, actions }) => `${vmid} (${actions.map(({ op }) => op).join(", then ")})`);
  return [
    lanes.length === 0
      ? `Every guest is as generation ${generation} wants it.`
      : `Generation ${generation}: ${lanes.length === 1 ? "guest" : "guests"} ${what.join(", ")}.`,
    ...held.map(({ says }) => says),
    only_desired.length === 0 ? "" : `Wanted and not there, so not touched: ${only_desired.join(", ")}.`,
    only_actual.length === 0
      ? ""
      : `There and not wanted in any way, so not touched: ${only_actual.join(", ")}.`,
  ]
    .filter((sentence) => sentence !== "")
    .join(" ");
}

function revertOf({ lanes }: GuestPlan): string {
  const parts = lanes.flatMap(({ vmid, differences }) =>
    differences.map(({ field, actual }) => `${vmid} ${field} ${JSON.stringify(actual)}`),
  );
  return `Save a desired state with the values of before, and bring the guests there: ${parts.join("; ")}.`;
}
