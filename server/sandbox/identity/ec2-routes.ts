import { newHexId } from "../kernel/ids.ts";
import type { Handler, Route } from "../kernel/router.ts";
import { findString, isJsonObject } from "../kernel/wire.ts";
import type { World } from "../kernel/world.ts";
import { isRestricted, refuseRestricted } from "./app-cred-routes.ts";
import { enforce } from "./enforce.ts";
import { missingProperty, notFound } from "./errors.ts";
import { identityUrl, listResponse } from "./render.ts";
import { param } from "./requests.ts";
import type { Ec2Record } from "./state.ts";

const createEc2: Handler = (request, world) => {
  const refused = enforce(request, world, { action: "identity:ec2_create_credential" });
  if (refused !== null) return refused;
  if (request.token !== null && isRestricted(world, request.token)) return refuseRestricted();
  const userId = param(request, "user_id");
  const projectId = isJsonObject(request.body) ? findString(request.body, "tenant_id") : null;
  if (projectId === null) return missingProperty("tenant_id");
  if (world.identity.users[userId] === undefined) return notFound("user", userId);
  if (world.identity.projects[projectId] === undefined) return notFound("project", projectId);
  const record: Ec2Record = { access: newHexId(), secret: newHexId(), userId, projectId, trustId: null };
  world.identity.ec2[record.access] = record;
  return { status: 201, body: { credential: renderEc2(world, record) } };
};

const listEc2: Handler = (request, world) => {
  const refused = enforce(request, world, { action: "identity:ec2_list_credentials" });
  if (refused !== null) return refused;
  const credentials = Object.values(world.identity.ec2)
    .filter((record) => record.userId === param(request, "user_id"))
    .map((record) => renderEc2(world, record));
  return listResponse(request, world, { credentials });
};

const getEc2: Handler = (request, world) => {
  const access = param(request, "credential_id");
  const record = world.identity.ec2[access];
  const refused = enforce(request, world, {
    action: "identity:ec2_get_credential",
    target: ec2Target(record),
  });
  if (refused !== null) return refused;
  return record === undefined
    ? notFound("credential", access)
    : { status: 200, body: { credential: renderEc2(world, record) } };
};

const deleteEc2: Handler = (request, world) => {
  const access = param(request, "credential_id");
  const record = world.identity.ec2[access];
  const refused = enforce(request, world, {
    action: "identity:ec2_delete_credential",
    target: ec2Target(record),
  });
  if (refused !== null) return refused;
  if (request.token !== null && isRestricted(world, request.token)) return refuseRestricted();
  if (record === undefined) return notFound("credential", access);
  delete world.identity.ec2[access];
  return { status: 204 };
};

function ec2Target(record: Ec2Record | undefined) {
  return record === undefined ? {} : { credential: { user_id: record.userId } };
}

function renderEc2(world: World, record: Ec2Record) {
  return {
    user_id: record.userId,
    tenant_id: record.projectId,
    access: record.access,
    secret: record.secret,
    trust_id: record.trustId,
    links: { self: identityUrl(world, `/users/${record.userId}/credentials/OS-EC2/${record.access}`) },
  };
}

const LIST = "/v3/users/:user_id/credentials/OS-EC2";
const SINGLE = `${LIST}/:credential_id`;

export const ec2Routes: readonly Route[] = [
  { method: "GET", pattern: LIST, handler: listEc2 },
  { method: "POST", pattern: LIST, handler: createEc2 },
  { method: "GET", pattern: SINGLE, handler: getEc2 },
  { method: "DELETE", pattern: SINGLE, handler: deleteEc2 },
];
