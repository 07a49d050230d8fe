import { savePolicy } from "#server/services/policy/save.ts";
import type { Acts } from "./world.ts";

/** Acts on a cloud's identity policy, by the path of their procedure. */
export const POLICY_ACTS: Acts = {
  "policy.save": ({ jobs, operator }) => {
    const written = {
      source: '"identity:list_users": "role:reader"\n',
      live: "",
      release: "caracal",
      set: "",
    };
    const save = { cloudId: jobs.cloudId, baseNumber: 0, ...written, note: "" };
    return Promise.resolve(() => savePolicy(jobs.ctx(operator), save));
  },
};
