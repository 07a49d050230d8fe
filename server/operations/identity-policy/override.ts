import * as definitions from "#server/domain/operation/identity-policy.ts";
import type { PlannedCall } from "#server/domain/plan/plan.ts";
import { policyOverrideBody } from "#server/openstack/wire/policy-override.ts";
import { type CloudReader, openReader } from "../cloud-reader.ts";
import { blocked, notFound, plannedCall } from "../draft.ts";
import type { Operation, PlanContext, ReadBack, ReadContext, StepDraft } from "../handler.ts";

const PATH = "/OS-EMBEDDED/policy-override";
const NONE = "none";

interface Standing {
  state: "active" | "broken" | "off";
  message: string;
  /** Of the attached zip, or that none is attached. */
  zip_sha256: string;
}

export const overrideRead: Operation<typeof definitions.overrideRead.parameters> = {
  definition: definitions.overrideRead,

  async plan(context) {
    const { standing, reader } = await look(context);
    if (standing === null) return nowhere();
    return {
      disposition: "read",
      says: `The cloud says "${standing.message}".`,
      outputs: {},
      reads: reader.reads,
    };
  },

  readBack: read,
};

export const overrideAttach: Operation<typeof definitions.overrideAttach.parameters> = {
  definition: definitions.overrideAttach,

  async plan(context, { zip, zip_sha256 }) {
    const { standing, reader } = await look(context);
    if (standing === null) return nowhere();
    const observed = [{ says: "What the cloud says of its override", observed: { ...standing } }];
    const reads = reader.reads;
    if (standing.state === "active" && standing.zip_sha256 === zip_sha256) {
      const says = "Exactly this override is in force.";
      return { disposition: "already_so", says, outputs: {}, preconditions: observed, reads };
    }
    return {
      disposition: "apply",
      says: `The cloud says "${standing.message}". The packed override takes the place of ${standing.zip_sha256 === NONE ? "what came with the cloud" : standing.zip_sha256} and is switched on.`,
      calls: [
        overrideCall(context, "attach", {
          method: "PUT",
          path: `${PATH}/resource`,
          body: { resource: { zip, zip_sha256 } },
          shows: { "/policy_override/zip_sha256": zip_sha256 },
        }),
        switchCall(context, true),
      ],
      outputs: {},
      preconditions: observed,
      reads,
      revert:
        "Switch the override off: the stage that rolls back does it, and Keystone goes by its own rules again.",
    };
  },

  readBack: read,
};

export const overrideSwitch: Operation<typeof definitions.overrideSwitch.parameters> = {
  definition: definitions.overrideSwitch,

  async plan(context, { enabled }) {
    const { standing, reader } = await look(context);
    if (standing === null) return nowhere();
    const observed = [{ says: "What the cloud says of its override", observed: { ...standing } }];
    const reads = reader.reads;
    if ((standing.state !== "off") === enabled) {
      const says = `The override is switched ${enabled ? "on" : "off"}.`;
      return { disposition: "already_so", says, outputs: {}, preconditions: observed, reads };
    }
    return {
      disposition: "apply",
      says: `The cloud says "${standing.message}". The override is switched ${enabled ? "on" : "off"}.`,
      calls: [switchCall(context, enabled)],
      outputs: {},
      preconditions: observed,
      reads,
      revert: `Switch the override ${enabled ? "off" : "on"} again.`,
    };
  },

  readBack: read,
};

export const overrideDetach: Operation<typeof definitions.overrideDetach.parameters> = {
  definition: definitions.overrideDetach,

  async plan(context) {
    const { standing, reader } = await look(context);
    if (standing === null) return nowhere();
    if (standing.state !== "off") {
      return blocked(
        "The override is switched on. What is in force is not taken away under it.",
        "Switch it off in the stage before and look that the cloud works without it.",
      );
    }
    const observed = [{ says: "What the cloud says of its override", observed: { ...standing } }];
    const reads = reader.reads;
    if (standing.zip_sha256 === NONE) {
      const says = "No override is attached.";
      return { disposition: "already_so", says, outputs: {}, preconditions: observed, reads };
    }
    return {
      disposition: "apply",
      says: `The attached override ${standing.zip_sha256} is taken away.`,
      calls: [
        overrideCall(context, "detach", {
          method: "DELETE",
          path: `${PATH}/resource`,
          body: null,
          shows: { "/policy_override/zip_sha256": null },
        }),
      ],
      outputs: {},
      preconditions: observed,
      reads,
      revert: "Deliver the saved policy again: its revisions stay.",
    };
  },

  readBack: read,
};

type OverrideCall = Pick<PlannedCall, "method" | "path" | "body"> & {
  shows: NonNullable<PlannedCall["probe"]>["shows"];
};

function overrideCall(context: PlanContext, verb: string, { shows, ...call }: OverrideCall): PlannedCall {
  return plannedCall(context, verb, {
    ...call,
    service: "identity",
    accept: [200],
    probe: { path: PATH, list: null, captures: {}, ...(shows === undefined ? {} : { shows }) },
  });
}

function switchCall(context: PlanContext, enabled: boolean): PlannedCall {
  return overrideCall(context, "switch", {
    method: "PATCH",
    path: PATH,
    body: { policy_override: { use_override: enabled } },
    shows: { "/policy_override/use_override": enabled },
  });
}

async function look(context: PlanContext): Promise<{ standing: Standing | null; reader: CloudReader }> {
  const reader = await openReader(context);
  return { standing: await standingOf(reader), reader };
}

async function read(context: ReadContext): Promise<ReadBack> {
  const standing = await standingOf(await openReader(context));
  if (standing === null) throw notFound("The cloud does not say whether a policy override is in force.");
  await context.say(standing.message);
  return { values: { ...standing } };
}

async function standingOf(reader: CloudReader): Promise<Standing | null> {
  const found = await reader.find({ service: "identity", path: PATH, body: policyOverrideBody });
  if (found === null) return null;
  const { state, message, zip_sha256 } = found.policy_override;
  return { state, message, zip_sha256: zip_sha256 ?? NONE };
}

function nowhere(): StepDraft {
  return blocked(
    "This cloud takes no policy override over its API.",
    "Deliver it with the runbook for the tool that deployed the cloud, such as the one for Juju.",
  );
}
