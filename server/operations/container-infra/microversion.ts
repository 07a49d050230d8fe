/**
 * The last microversion of the Zed release: clusters carry their own network, and node counts may be changed.
 * https://docs.openstack.org/magnum/latest/contributor/api-microversion-history.html
 */
export const MAGNUM_VERSION = { "OpenStack-API-Version": "container-infra 1.10" };
