import type { Handler, Route, SandboxRequest, SandboxResponse } from "../kernel/router.ts";
import { findString } from "../kernel/wire.ts";
import type { DeliveredOverride, World } from "../kernel/world.ts";
import { forbiddenAction } from "./enforce.ts";
import { identityError, missingProperty, unauthorized, wrongType } from "./errors.ts";
import { readOverrideZip, zipDigest } from "./override-zip.ts";
import { installedOverride, showPolicyFiles } from "./policy-files.ts";
import { bodyOf } from "./requests.ts";

const PATTERN = "/v3/OS-EMBEDDED/policy-override";

/** What stands in for the tool that deploys a real cloud is for the cloud's own administrators. */
function refuseOthers(request: SandboxRequest): SandboxResponse | null {
  if (request.token === null) return unauthorized(request);
  const { isAdminProject, roles } = request.token;
  const isOperator = isAdminProject && roles.some(({ name }) => name === "admin");
  return isOperator ? null : forbiddenAction("embedded:policy_override");
}

const show: Handler = (request, world) => refuseOthers(request) ?? standing(world);

const showFiles: Handler = (request, { identity, settings }) =>
  refuseOthers(request) ?? {
    status: 200,
    body: { policy_files: showPolicyFiles(settings.policy, identity, settings.delivered) },
  };

const attach: Handler = (request, world) => {
  const refused = refuseOthers(request);
  if (refused !== null) return refused;
  const resource = bodyOf(request, "resource");
  const text = findString(resource, "zip");
  if (text === null) return missingProperty("zip");
  const zip = Buffer.from(text, "base64");
  const zipSha256 = zipDigest(zip);
  if (findString(resource, "zip_sha256") !== zipSha256) {
    return identityError(400, `The zip's SHA-256 is ${zipSha256}. Nothing was attached.`);
  }
  world.settings.delivered = { ...deliveredOf(world), zipSha256, rules: readOverrideZip(zip) };
  return standing(world);
};

const setSwitch: Handler = (request, world) => {
  const refused = refuseOthers(request);
  if (refused !== null) return refused;
  const wanted = bodyOf(request, "policy_override")["use_override"];
  if (typeof wanted !== "boolean") return wrongType(wanted, "boolean");
  world.settings.delivered = { ...deliveredOf(world), isEnabled: wanted };
  return standing(world);
};

const detach: Handler = (request, world) => {
  const refused = refuseOthers(request);
  if (refused !== null) return refused;
  world.settings.delivered = { ...deliveredOf(world), zipSha256: null, rules: null };
  return standing(world);
};

/** What was delivered; before that, the override that came with the cloud. */
function deliveredOf({ settings }: World): DeliveredOverride {
  const { delivered, policy } = settings;
  if (delivered !== undefined) return delivered;
  return { isEnabled: policy.override === "on", zipSha256: null, rules: installedOverride(policy) };
}

function standing(world: World): SandboxResponse {
  const { isEnabled, zipSha256, rules } = deliveredOf(world);
  const state = !isEnabled ? "off" : rules === null ? "broken" : "active";
  // Prefixes as the charms write them (charmhelpers/contrib/openstack/policyd.py).
  const prefix = { off: "", active: "PO: ", broken: "PO (broken): " }[state];
  const policy_override = {
    state,
    message: `${prefix}Unit is ready`,
    use_override: isEnabled,
    zip_sha256: zipSha256,
  };
  return { status: 200, body: { policy_override } };
}

export const policyOverrideRoutes: readonly Route[] = [
  { method: "GET", pattern: PATTERN, handler: show },
  { method: "GET", pattern: "/v3/OS-EMBEDDED/policy-files", handler: showFiles },
  { method: "PATCH", pattern: PATTERN, handler: setSwitch },
  { method: "PUT", pattern: `${PATTERN}/resource`, handler: attach },
  { method: "DELETE", pattern: `${PATTERN}/resource`, handler: detach },
];
