export interface DeletionExplanation {
  /** What happened. */
  says: string;
  /** What to do; empty when nothing is to be done. */
  advice: string;
}

/**
 * What a cluster's deletion came to. `status` is Magnum's, or null when the cluster is gone. Magnum keeps a cluster
 * whose deletion failed, with its trustee and trust, and takes the same order again.
 */
export function explainDeletion(status: string | null, reason: string | null): DeletionExplanation {
  if (status === null) return { says: "The cluster is gone.", advice: "" };
  if (status === "DELETE_FAILED") {
    const why = reason === null || reason === "" ? "Magnum gives no reason" : reason;
    return {
      says: `Magnum could not delete the cluster (${status}): ${why}.`,
      advice: LEFT_BEHIND.test(why)
        ? "Something outside the cluster still hangs on its network: load balancers or ports that were made from inside it. Remove those, then ask for this stage again."
        : "What is left of it is named in the reason. Remove that, then ask for this stage again: Magnum takes the order anew.",
    };
  }
  if (status === "DELETE_IN_PROGRESS") {
    return {
      says: `The cluster is still being deleted (${status}).`,
      advice:
        "Wait until it is gone, then ask for this stage again: it goes on watching and sends nothing twice.",
    };
  }
  return {
    says: `The cluster is still there (${status}) although its deletion was accepted.`,
    advice: "Look at the Magnum conductor, then ask for this stage again.",
  };
}

/** What Neutron and Octavia say when a network is still in use. */
const LEFT_BEHIND = /port|load ?balancer|still in use|has active/i;
