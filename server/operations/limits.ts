/** Magnum gives up on a cluster after its create_timeout; the verdict waits a little longer than that. */
export const CLUSTER_CREATE_TIMEOUT_MINUTES = 60;
export const CLUSTER_VERDICT_DEADLINE_MS = (CLUSTER_CREATE_TIMEOUT_MINUTES + 5) * 60_000;
/** Between two looks at a cluster: close together at first, where refusals show, then wider. */
export const CLUSTER_POLL_FIRST_MS = 2_000;
export const CLUSTER_POLL_LATER_MS = 10_000;
/** After this long the cluster is past everything that Keystone could refuse. */
export const CLUSTER_POLL_EARLY_MS = 60_000;
/** A cluster's status is said again when it has not changed for this long. */
export const CLUSTER_SAY_EVERY_MS = 30_000;

/** How long a router may take to become ACTIVE: an agent has to take it. */
export const ROUTER_ACTIVE_DEADLINE_MS = 30_000;
export const ROUTER_POLL_MS = 1_000;

/** Domains looked into for a foreign project and user. */
export const ISOLATION_DOMAINS_MAX = 20;
/** Names of foreign domains kept with the finding. */
export const FOREIGN_NAMES_MAX = 5;
/** Rows of one page of images, the most Glance gives. https://docs.openstack.org/glance/latest/configuration/glance_api.html */
export const IMAGES_PAGE = 1000;

/** How long a cluster may take to be gone; Magnum's own driver gives up on a stack sooner. */
export const CLUSTER_DELETE_DEADLINE_MS = 60 * 60_000;
/** How long after its answer Magnum's conductor may take to begin with a deletion. */
export const CLUSTER_DELETE_BEGINS_MS = 20_000;

/** How long servers, load balancers and volumes may take to go once the cloud has accepted it. */
export const REMOVAL_DEADLINE_MS = 30 * 60_000;
