import { policyFiles as definition } from "#server/domain/operation/identity-policy.ts";
import { policyFilesBody } from "#server/openstack/wire/policy-override.ts";
import { openReader } from "../cloud-reader.ts";
import type { Operation } from "../handler.ts";

const PATH = "/OS-EMBEDDED/policy-files";

export const policyFiles: Operation<typeof definition.parameters> = {
  definition,

  async plan() {
    return {
      disposition: "read",
      says: "The policy files are read where the cloud shows them. Keystone's own API does not.",
      outputs: {},
      reads: [{ service: "identity", path: PATH }],
    };
  },

  async readBack(context) {
    const reader = await openReader(context);
    const found = await reader.find({ service: "identity", path: PATH, body: policyFilesBody });
    if (found === null) {
      await context.say("The cloud does not show its policy files. Paste them on the page Policy.");
      return { values: { shown: false, live: "", override: "" } };
    }
    const { live, override } = found.policy_files;
    await context.say(
      `${live.split("\n").length} lines are in force, ${override === null ? "without" : "with"} an override.`,
    );
    return { values: { shown: true, live, override: override ?? "" } };
  },
};
