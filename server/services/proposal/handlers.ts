import type { ProposalKind } from "#server/domain/proposal/states.ts";
import { accessPackageKind } from "../access/package.ts";
import { accessProviderKind } from "../access/provider.ts";
import { accessRegistryKind } from "../access/registry.ts";
import { itemUngate } from "../gate/ungate.ts";
import { itemRule } from "../ruling/propose.ts";
import { authorityBackend } from "../certificate/backend.ts";
import { authorityRotation } from "../certificate/rotate.ts";
import { freezeLift } from "../freeze/lift.ts";
import { hostSet } from "../host/set.ts";
import { runbookPublish } from "../runbook/publish.ts";
import { passkeyForget } from "../passkey/forget.ts";
import { rulesChange } from "../rules/change.ts";
import { signerEnrol } from "../signer/enrol.ts";
import { signerRevoke } from "../signer/revoke.ts";
import { signerRotate } from "../signer/rotate.ts";
import { standingGrant } from "../standing/grant.ts";
import { standingWithdraw } from "../standing/withdraw.ts";
import type { ProposalHandler } from "./handler.ts";

/** One handler per kind; a kind without one does not compile. */
const HANDLERS: Record<ProposalKind, ProposalHandler> = {
  "access.package": accessPackageKind,
  "access.provider": accessProviderKind,
  "access.registry": accessRegistryKind,
  "freeze.lift": freezeLift,
  "item.rule": itemRule,
  "item.ungate": itemUngate,
  "host.set": hostSet,
  "passkey.forget": passkeyForget,
  "rules.change": rulesChange,
  "runbook.publish": runbookPublish,
  "signer.enrol": signerEnrol,
  "signer.revoke": signerRevoke,
  "signer.rotate": signerRotate,
  "ssh_authority.backend": authorityBackend,
  "ssh_authority.rotate": authorityRotation,
  "standing.grant": standingGrant,
  "standing.withdraw": standingWithdraw,
};

export function handlerOf(kind: ProposalKind): ProposalHandler {
  return HANDLERS[kind];
}
