import { flavorsFind } from "./compute/flavors-find.ts";
import { keypairEnsure } from "./compute/keypair-ensure.ts";
import { computeQuotaEnsure } from "./compute/quota-ensure.ts";
import { computeQuotaRead } from "./compute/quota-read.ts";
import { clusterDelete } from "./container-infra/cluster-delete.ts";
import { clusterEnsure } from "./container-infra/cluster-ensure.ts";
import { clusterVerdict } from "./container-infra/cluster-verdict.ts";
import { servicesFind } from "./container-infra/services-find.ts";
import { templateEnsure } from "./container-infra/template-ensure.ts";
import type { Operation } from "./handler.ts";
import { applicationCredentialEnsure } from "./identity/application-credential-ensure.ts";
import { assignmentsRead } from "./identity/assignments-read.ts";
import { delegationAbsence } from "./identity/delegation-absence.ts";
import { delegationRead } from "./identity/delegation-read.ts";
import { domainEnsure } from "./identity/domain-ensure.ts";
import { domainGrantEnsure } from "./identity/domain-grant-ensure.ts";
import { domainPreflight } from "./identity/domain-preflight.ts";
import { domainsObserve } from "./identity/domains-observe.ts";
import { grantAbsence } from "./identity/grant-absence.ts";
import { grantAttempt } from "./identity/grant-attempt.ts";
import { isolationProbe } from "./identity/isolation-probe.ts";
import { isolationTargets } from "./identity/isolation-targets.ts";
import { projectEnsure } from "./identity/project-ensure.ts";
import { projectGrantEnsure } from "./identity/project-grant-ensure.ts";
import { rolesResolve } from "./identity/roles-resolve.ts";
import { trustsProbe } from "./identity/trusts-probe.ts";
import { trustsRead } from "./identity/trusts-read.ts";
import { userEnsure } from "./identity/user-ensure.ts";
import { userPasswordEnsure } from "./identity/user-password-ensure.ts";
import { catalogueRead } from "./identity-policy/catalogue.ts";
import { policyFiles } from "./identity-policy/files.ts";
import { overrideAttach, overrideDetach, overrideRead, overrideSwitch } from "./identity-policy/override.ts";
import { policyGround } from "./identity-policy/ground.ts";
import { policyPackage } from "./identity-policy/package.ts";
import { policyAttempt, policyProbe } from "./identity-policy/probe.ts";
import { guestConverge } from "./guest/converge.ts";
import { guestIntent } from "./guest/intent.ts";
import { guestScratch } from "./guest/scratch.ts";
import { kubeImageFind } from "./image/kube-find.ts";
import { cidrCheck } from "./network/cidr-check.ts";
import { externalNetworkFind } from "./network/external-find.ts";
import { networkEnsure } from "./network/network-ensure.ts";
import { networkQuotaEnsure } from "./network/quota-ensure.ts";
import { networkQuotaRead } from "./network/quota-read.ts";
import { routerEnsure } from "./network/router-ensure.ts";
import { routerGatewayEnsure } from "./network/router-gateway-ensure.ts";
import { routerInterfaceEnsure } from "./network/router-interface-ensure.ts";
import { routerRead } from "./network/router-read.ts";
import { subnetEnsure } from "./network/subnet-ensure.ts";
import { tenantAbsence } from "./removal/absence.ts";
import { tenantAudit } from "./removal/audit.ts";
import { tenantGuard } from "./removal/guard.ts";
import { tenantRemove } from "./removal/remove.ts";

const OPERATIONS: readonly Operation[] = [
  rolesResolve,
  domainPreflight,
  domainEnsure,
  userEnsure,
  userPasswordEnsure,
  projectEnsure,
  domainGrantEnsure,
  projectGrantEnsure,
  assignmentsRead,
  grantAttempt,
  grantAbsence,
  applicationCredentialEnsure,
  trustsProbe,
  trustsRead,
  delegationRead,
  delegationAbsence,
  isolationTargets,
  isolationProbe,
  domainsObserve,
  policyFiles,
  catalogueRead,
  policyPackage,
  overrideRead,
  overrideAttach,
  overrideSwitch,
  overrideDetach,
  policyGround,
  policyProbe,
  policyAttempt,
  flavorsFind,
  computeQuotaEnsure,
  computeQuotaRead,
  keypairEnsure,
  kubeImageFind,
  externalNetworkFind,
  networkQuotaEnsure,
  networkQuotaRead,
  cidrCheck,
  networkEnsure,
  subnetEnsure,
  routerEnsure,
  routerGatewayEnsure,
  routerInterfaceEnsure,
  routerRead,
  servicesFind,
  templateEnsure,
  clusterEnsure,
  clusterVerdict,
  clusterDelete,
  tenantAudit,
  tenantGuard,
  tenantRemove,
  tenantAbsence,
  guestConverge,
  guestIntent,
  guestScratch,
];

/** The handler of every operation in the catalogue, by id. */
export const HANDLERS: ReadonlyMap<string, Operation> = new Map(
  OPERATIONS.map((operation) => [operation.definition.id, operation]),
);
