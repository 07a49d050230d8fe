import type * as z from "zod";
import { applicationCredentialEnsure as definition } from "#server/domain/operation/identity.ts";
import type { PlannedRead } from "#server/domain/plan/plan.ts";
import { outputRef } from "#server/domain/plan/refs.ts";
import { applicationCredentialsBody } from "#server/openstack/wire/application-credential.ts";
import { callPath } from "../call-path.ts";
import { type CloudReader, openReader } from "../cloud-reader.ts";
import { blocked, differences, notFound, plannedCall } from "../draft.ts";
import type { Operation, PlanContext, StepDraft } from "../handler.ts";

type Parameters = z.output<typeof definition.parameters>;

export const applicationCredentialEnsure: Operation<typeof definition.parameters> = {
  definition,

  async plan(context, parameters) {
    const { name, user_id, project_id } = parameters;
    const reader = await openReader(context);
    const found = await findCredential(reader, user_id, name);
    if (found === null) return createDraft(context, parameters, { reads: reader.reads, because: null });
    const wrong = differences(found, { unrestricted: true, project_id });
    if (wrong.length > 0) {
      return blocked(
        `The application credential ${name} exists and is not what is needed: ${wrong.join("; ")}.`,
        `A credential cannot be changed. Delete ${name} as the service user, then preview again.`,
      );
    }
    if (!context.holdsSecret("app_cred_secret")) {
      return blocked(
        `The application credential ${name} exists and its secret is not kept here. Keystone shows a secret once.`,
        `Delete ${name} as the service user, then preview again: a new one will be made and sealed.`,
      );
    }
    return {
      disposition: "already_so",
      says: `The application credential ${name} exists, is unrestricted, and its secret is sealed.`,
      outputs: { id: found.id },
      preconditions: [{ says: `The application credential ${name} exists`, observed: found.id }],
      reads: reader.reads,
    };
  },

  planBlind(context, parameters) {
    if (!context.holdsSecret("app_cred_secret")) {
      return createDraft(context, parameters, { reads: [], because: context.because });
    }
    // A credential outlives its user's password: the sealed secret is still its secret.
    const says = `${context.because} The secret of ${parameters.name} is sealed from an earlier run; that it is in force is read back.`;
    return { disposition: "already_so", says, outputs: {}, reads: [] };
  },

  async readBack(context, { user_id, name }) {
    const found = await findCredential(await openReader(context), user_id, name);
    if (found === null) {
      throw notFound(
        `The service user has no application credential ${name}. Run this stage again: it will be made.`,
      );
    }
    const { id, unrestricted, project_id, roles, expires_at } = found;
    return {
      values: {
        id,
        name,
        unrestricted,
        project_id,
        roles: roles.map((role) => role.name).sort(),
        expires_at: expires_at ?? null,
      },
    };
  },
};

async function findCredential(reader: CloudReader, userId: string, name: string) {
  const path = credentialsPath(userId);
  const body = await reader.get({ service: "identity", path, body: applicationCredentialsBody });
  return body.application_credentials.find((credential) => credential.name === name) ?? null;
}

const credentialsPath = (userId: string) => callPath`/users/${userId}/application_credentials`;

function createDraft(
  context: Pick<PlanContext, "stepId">,
  { name, description, user_id }: Parameters,
  { reads, because }: { reads: PlannedRead[]; because: string | null },
): StepDraft {
  const path = credentialsPath(user_id);
  const create = plannedCall(context, "create", {
    method: "POST",
    service: "identity",
    path,
    // Unrestricted: a Cluster API driver makes a child credential for each cluster with it.
    body: { application_credential: { name, description, unrestricted: true } },
    accept: [201],
    captures: { id: "/application_credential/id" },
    seals: { app_cred_secret: "/application_credential/secret" },
    probe: {
      path: `${path}?name=${encodeURIComponent(name)}`,
      list: "/application_credentials",
      captures: { id: "/id" },
    },
  });
  return {
    disposition: "apply",
    says:
      because !== null
        ? `${because} ${name} will be created; should it exist, Keystone answers 409 and nothing is changed.`
        : `The service user has no application credential ${name}: it will be created and its secret sealed.`,
    calls: [create],
    outputs: { id: outputRef(context.stepId, "id") },
    preconditions:
      because !== null ? [] : [{ says: `No application credential is named ${name}`, observed: null }],
    reads,
    revert: `Delete the application credential ${name} as the service user.`,
  };
}
