import { trustsRead as definition } from "#server/domain/operation/identity.ts";
import { trustsBody } from "#server/openstack/wire/trust.ts";
import { callPath } from "../call-path.ts";
import { openReader } from "../cloud-reader.ts";
import type { Operation } from "../handler.ts";

export const trustsRead: Operation<typeof definition.parameters> = {
  definition,

  async plan(_context, { user_id }) {
    return {
      disposition: "read",
      says: "The trusts that the service user has given are read as itself.",
      outputs: {},
      reads: [{ service: "identity", path: trustsPath(user_id) }],
    };
  },

  async readBack(context, { user_id, project_id }) {
    const reader = await openReader(context);
    const { trusts } = await reader.get({
      service: "identity",
      path: trustsPath(user_id),
      body: trustsBody,
    });
    const given = trusts.filter(
      (trust) => trust.trustor_user_id === user_id && trust.project_id === project_id,
    );
    return { values: { count: given.length, trustees: given.map((trust) => trust.trustee_user_id).sort() } };
  },
};

const trustsPath = (userId: string) => callPath`/OS-TRUST/trusts?trustor_user_id=${userId}`;
