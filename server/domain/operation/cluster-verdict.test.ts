import { describe, expect, it } from "vitest";
import { type ClusterFacts, explainCluster, trusteeName } from "./cluster-verdict.ts";

const REFUSED = "Failed to create trustee or trust for Cluster: 18b8a7d1-8c40-48a6-9937-d04d685afb7e";
const RESTRICTED =
  "You are not authorized to perform the requested action: Using method 'application_credential' is not allowed for managing additional application credentials.. (HTTP 403)";

const FAILED: ClusterFacts = {
  status: "CREATE_FAILED",
  statusReason: REFUSED,
  trustee: "present",
  trust: "absent",
  delegatedTrusts: "allowed",
};

describe("explainCluster", () => {
  it.each<[string, Partial<ClusterFacts>, string]>([
    ["no trustee", { trustee: "absent" }, "trustee_refused"],
    ["no trustee, whatever trusts are", { trustee: "absent", delegatedTrusts: "barred" }, "trustee_refused"],
    ["a trustee without a trust", {}, "trust_refused"],
    [
      "a trustee without a trust, the credential refused by policy",
      { delegatedTrusts: "refused" },
      "trust_refused",
    ],
    ["a trustee without a trust, the credential barred", { delegatedTrusts: "barred" }, "app_cred_barred"],
    ["nobody could look", { trustee: "unknown", trust: "unknown" }, "trustee_or_trust"],
    [
      "nobody could look, the credential barred",
      { trustee: "unknown", trust: "unknown", delegatedTrusts: "barred" },
      "app_cred_barred",
    ],
    ["the sentence, and yet both are there", { trust: "present" }, "trustee_or_trust"],
    ["a reason of its own", { trust: "present", statusReason: "no valid host" }, "driver_failed"],
    [
      "a reason of its own, before anyone could look",
      { trustee: "unknown", trust: "unknown", statusReason: "boom" },
      "driver_failed",
    ],
    ["a restricted credential", { trust: "present", statusReason: RESTRICTED }, "app_cred_restricted"],
    ["no reason at all, no trustee", { statusReason: null, trustee: "absent" }, "trustee_refused"],
    ["no reason at all, both there", { statusReason: null, trust: "present" }, "trustee_or_trust"],
    ["built", { status: "CREATE_COMPLETE", statusReason: null, trust: "present" }, "complete"],
    ["updated", { status: "UPDATE_COMPLETE", statusReason: null, trust: "present" }, "complete"],
    ["still building", { status: "CREATE_IN_PROGRESS", statusReason: null, trust: "present" }, "in_progress"],
    ["being deleted", { status: "DELETE_IN_PROGRESS", statusReason: null }, "being_deleted"],
    ["not to be seen, both there", { status: null, statusReason: null, trust: "present" }, "delegated"],
    ["not to be seen, no trust", { status: null, statusReason: null }, "trust_refused"],
    [
      "not to be seen, no trustee",
      { status: null, statusReason: null, trustee: "absent" },
      "trustee_refused",
    ],
  ])("%s", (_what, facts, cause) => {
    expect(explainCluster({ ...FAILED, ...facts }).cause).toBe(cause);
  });

  it("advises whenever something is wrong, and only then", () => {
    expect(explainCluster(FAILED).advice).toContain("create_trust");
    expect(explainCluster({ ...FAILED, trustee: "absent" }).advice).toContain("create_user");
    expect(explainCluster({ ...FAILED, status: "CREATE_COMPLETE" }).advice).toBe("");
  });

  it("passes the driver's own reason on", () => {
    const { says } = explainCluster({ ...FAILED, trust: "present", statusReason: "no valid host" });
    expect(says).toContain("no valid host");
  });
});

describe("trusteeName", () => {
  it("is the cluster's id and the project's", () => {
    expect(trusteeName("18b8a7d1-8c40-48a6-9937-d04d685afb7e", "58a9ce533253451fa91233266dbadc2d")).toBe(
      "18b8a7d1-8c40-48a6-9937-d04d685afb7e_58a9ce533253451fa91233266dbadc2d",
    );
  });
});
