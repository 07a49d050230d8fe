/** What was looked for and whether it was there; unknown: this identity may not look. */
export type Presence = "present" | "absent" | "unknown";

/** Whether application-credential tokens may handle trusts. refused: a policy rule, not Keystone's bar, said no. */
export type DelegatedTrusts = "allowed" | "barred" | "refused" | "unknown";

export interface ClusterFacts {
  /** Magnum's status, such as CREATE_FAILED; null when it could not be read. */
  status: string | null;
  statusReason: string | null;
  /** The user `<cluster id>_<project id>` in Magnum's own domain. */
  trustee: Presence;
  /** A trust of the cluster's owner for that user. */
  trust: Presence;
  delegatedTrusts: DelegatedTrusts;
}

export type ClusterCause =
  | "complete"
  | "in_progress"
  /** Not to be seen by this identity, but trustee and trust are in place. */
  | "delegated"
  | "trustee_refused"
  | "trust_refused"
  | "app_cred_barred"
  | "app_cred_restricted"
  | "trustee_or_trust"
  | "driver_failed"
  | "being_deleted";

export interface ClusterExplanation {
  cause: ClusterCause;
  /** What happened. */
  says: string;
  /** What to do; empty when nothing is to be done. */
  advice: string;
}

/** https://opendev.org/openstack/magnum/src/branch/stable/zed/magnum/common/exception.py: TrusteeOrTrustToClusterFailed */
const TRUSTEE_OR_TRUST = /failed to create trustee or trust/i;
/** What Keystone answers a restricted application credential; a Cluster API driver passes it on as its reason. */
const RESTRICTED = /not allowed for managing additional application credentials/i;

const DELETE_FIRST = "Delete the failed cluster first: it keeps its name, trustee and trust until then.";

/**
 * Tells apart what Magnum reports in one sentence. Statuses that say nothing (unreadable, in progress) are judged by
 * trustee and trust alone.
 */
export function explainCluster(facts: ClusterFacts): ClusterExplanation {
  const { status, statusReason } = facts;
  if (status?.startsWith("DELETE_")) {
    return {
      cause: "being_deleted",
      says: `The cluster is being deleted (${status}).`,
      advice: "Wait until it is gone, then run this stage again.",
    };
  }
  if (status?.endsWith("_COMPLETE")) {
    return { cause: "complete", says: `The cluster is built (${status}).`, advice: "" };
  }
  if (status?.endsWith("_IN_PROGRESS")) {
    return {
      cause: "in_progress",
      says: `The cluster is still being built (${status}).`,
      advice: "Look at the Magnum conductor and the driver, then run this stage again: it goes on watching.",
    };
  }
  if (status === null) return explainDelegation(facts) ?? delegated();
  if (statusReason !== null && RESTRICTED.test(statusReason)) return restricted(statusReason);
  if (statusReason !== null && !TRUSTEE_OR_TRUST.test(statusReason))
    return driverFailed(status, statusReason);
  return explainDelegation(facts) ?? unexplained(facts, status);
}

/** Judges by what is missing; null when trustee and trust are both there, or nobody could look. */
function explainDelegation({ trustee, trust, delegatedTrusts }: ClusterFacts): ClusterExplanation | null {
  if (trustee === "absent") {
    return {
      cause: "trustee_refused",
      says: "No trustee exists: Keystone refused create_user to Magnum's domain administrator.",
      advice: `Look at the rule of identity:create_user. A fall-through on user.domain_id no longer resolves since the fix for CVE-2026-42999; it has to be target.user.domain_id. ${DELETE_FIRST}`,
    };
  }
  if (trust !== "absent") return null;
  if (delegatedTrusts === "barred") return appCredBarred();
  return {
    cause: "trust_refused",
    says: "The trustee exists and no trust does: Keystone refused create_trust to the cluster's owner.",
    advice: `Look at the rule of identity:create_trust. A comparison with trust.trustor_user_id no longer resolves since the fix for CVE-2026-42999; it has to be target.trust.trustor_user_id. Do not loosen it beyond that. ${DELETE_FIRST}`,
  };
}

function appCredBarred(): ClusterExplanation {
  return {
    cause: "app_cred_barred",
    says: "The trustee exists and no trust does: Keystone bars application credentials from trusts, restricted or not.",
    advice: `The operator decides: set allow_insecure_application_credential_trust_escalation = true under [security_compliance] in keystone.conf, or order the cluster with the service user's password. ${DELETE_FIRST}`,
  };
}

function restricted(reason: string): ClusterExplanation {
  return {
    cause: "app_cred_restricted",
    says: `The driver may not make a credential of its own, because the application credential is restricted: ${reason}`,
    advice: `Delete the application credential and make an unrestricted one (stage 3). ${DELETE_FIRST}`,
  };
}

function driverFailed(status: string, reason: string): ClusterExplanation {
  return {
    cause: "driver_failed",
    says: `Trustee and trust are not the cause; the driver failed (${status}): ${reason}`,
    advice: `The reason is the driver's own. Correct what it names. ${DELETE_FIRST}`,
  };
}

function unexplained({ delegatedTrusts }: ClusterFacts, status: string): ClusterExplanation {
  if (delegatedTrusts === "barred") return appCredBarred();
  return {
    cause: "trustee_or_trust",
    says: `Magnum could not make the trustee or the trust (${status}), and what is there does not tell which.`,
    advice: `Read the log of the Magnum conductor for the refused call. ${DELETE_FIRST}`,
  };
}

function delegated(): ClusterExplanation {
  return { cause: "delegated", says: "Trustee and trust are in place.", advice: "" };
}

/** The name Magnum gives a cluster's trustee. magnum/conductor/handlers/common/trust_manager.py */
export function trusteeName(clusterId: string, projectId: string): string {
  return `${clusterId}_${projectId}`;
}
