import { trustsProbe as definition } from "#server/domain/operation/identity.ts";
import type { CloudResponse } from "#server/openstack/cloud-call.ts";
import { callPath } from "../call-path.ts";
import { type CloudReader, openReader } from "../cloud-reader.ts";
import { blocked } from "../draft.ts";
import type { Operation } from "../handler.ts";

const BARRED_ADVICE =
  "The cloud's operator decides: set allow_insecure_application_credential_trust_escalation = true under [security_compliance] in keystone.conf, or create clusters with the service user's password.";
const REFUSED_ADVICE =
  "Look at the rule of identity:list_trusts_for_trustor, and at create_trust beside it, which usually reads the same.";

export const trustsProbe: Operation<typeof definition.parameters> = {
  definition,

  async plan(context, { user_id, when_barred }) {
    const reader = await openReader(context);
    const verdict = await probe(reader, trustsPath(user_id));
    if (verdict.delegated_trusts !== "allowed" && when_barred === "block") {
      return blocked(verdict.explanation, verdict.advice);
    }
    const { delegated_trusts, explanation } = verdict;
    return { disposition: "read", says: explanation, outputs: { delegated_trusts }, reads: reader.reads };
  },

  async readBack(context, { user_id }) {
    const { delegated_trusts, explanation, advice } = await probe(
      await openReader(context),
      trustsPath(user_id),
    );
    const values = { delegated_trusts, explanation, advice };
    if (delegated_trusts === "allowed") return { values };
    const says = `${explanation} ${advice}`;
    return {
      values,
      findings: [
        {
          code: `delegated_trusts_${delegated_trusts}`,
          severity: "problem",
          says,
          observed: { delegated_trusts },
        },
      ],
    };
  },
};

const trustsPath = (userId: string) => callPath`/OS-TRUST/trusts?trustor_user_id=${userId}`;

async function probe(reader: CloudReader, path: string) {
  const answer = await reader.ask({ service: "identity", path, accept: [200, 403] });
  if (answer.status === 200) {
    return {
      delegated_trusts: "allowed",
      explanation: "Application credentials may handle trusts on this cloud.",
      advice: "",
    } as const;
  }
  if (isKeystoneBar(answer)) {
    return {
      delegated_trusts: "barred",
      explanation:
        "Keystone bars application credentials from trusts on this cloud (its default since CVE-2026-80184), so a cluster ordered with one ends in CREATE_FAILED.",
      advice: BARRED_ADVICE,
    } as const;
  }
  return {
    delegated_trusts: "refused",
    explanation: "The cloud's policy refuses the service user's own trusts to its application credential.",
    advice: REFUSED_ADVICE,
  } as const;
}

// "Delegated tokens cannot manage trusts.." comes from Keystone's code; a policy refusal names its rule instead.
function isKeystoneBar({ body }: CloudResponse): boolean {
  return /delegated tokens cannot manage trusts/i.test(JSON.stringify(body ?? ""));
}
