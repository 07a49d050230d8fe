import * as z from "zod";
import { nextTokenName, parseTokenId } from "#server/domain/guest/api-token.ts";
import { HYPERVISOR_TOKEN } from "#server/domain/secret/names.ts";
import { callPath } from "../call-path.ts";
import type { CloudReader } from "../cloud-reader.ts";
import { plannedCall } from "../draft.ts";
import type { IntentDraft, IntentExecutor, IntentToPlan } from "./intent-executor.ts";

// https://pve.proxmox.com/pve-docs/api-viewer/#/access/users/{userid}/token
const tokensBody = z.object({
  data: z.array(
    z.object({ tokenid: z.string(), privsep: z.union([z.number(), z.boolean(), z.string()]).optional() }),
  ),
});

const tokensPath = (user: string) => `${callPath`/access/users/${user}`}/token`;

/**
 * Puts another API token in the place of the one that the console works with: the new one is made and sealed, it has to
 * work before the old one is removed, and from then on it stands for the token of clouds.yaml.
 */
export const keyRotation: IntentExecutor = {
  about: "host",
  async draft(of) {
    const id = of.reader.session.describe().userId;
    const present = parseTokenId(id);
    if (present === null) return blockedBy(of, `The token ${id} has a name that no other can be made after.`);
    const listed = await listTokens(of.reader, present.user);
    const old = listed.find(({ tokenid }) => `${present.user}!${tokenid}` === id);
    if (old === undefined) return blockedBy(of, `${present.user} does not list the token ${id} as its own.`);
    // https://pve.proxmox.com/wiki/User_Management: such a token has only rights of its own, and a new one would have none.
    if (String(old.privsep ?? 1) === "1" || old.privsep === true) {
      return blockedBy(
        of,
        `The token ${id} has rights of its own (privilege separation), and a new one would have none.`,
      );
    }
    return rotated(of, {
      id,
      user: present.user,
      old: old.tokenid,
      next: nextTokenName(
        present,
        listed.map(({ tokenid }) => tokenid),
      ),
    });
  },
  async look({ reader, outputs }) {
    const { replaces = "", token_id: made = "" } = outputs;
    const now = reader.session.describe().userId;
    const user = now.split("!")[0] ?? "";
    const names = (await listTokens(reader, user)).map(({ tokenid }) => `${user}!${tokenid}`);
    if (names.includes(replaces)) return "the old token is still there";
    return now === made ? "as_wanted" : `the console works with ${now}`;
  },
};

async function listTokens(reader: CloudReader, user: string) {
  const { data } = await reader.get({ service: "hypervisor", path: tokensPath(user), body: tokensBody });
  return data;
}

function blockedBy({ node }: IntentToPlan, why: string): IntentDraft {
  return {
    kind: "blocked",
    says: `The API token of ${node} cannot be replaced. ${why} Nothing was sent.`,
    advice:
      "Make a token by hand and write it into clouds.yaml, or take the intent out of the desired state.",
  };
}

function rotated(
  { context }: IntentToPlan,
  { id, user, old, next }: { id: string; user: string; old: string; next: string },
): IntentDraft {
  const tokens = tokensPath(user);
  const make = plannedCall(context, "make_token", {
    method: "POST",
    service: "hypervisor",
    path: `${tokens}/${next}`,
    body: { privsep: 0, comment: `Takes the place of ${old}` },
    effect: "destroy",
    accept: [200],
    captures: { token_id: "/data/full-tokenid" },
    seals: { [HYPERVISOR_TOKEN]: "/data/value" },
    probe: { path: `${tokens}/${next}`, list: null, captures: {} },
  });
  const remove = plannedCall(context, "remove_token", {
    method: "DELETE",
    service: "hypervisor",
    path: `${tokens}/${old}`,
    body: null,
    effect: "destroy",
    accept: [200],
  });
  return {
    kind: "made",
    calls: [make, remove],
    says: `The API token ${id} is replaced: ${next} is made and sealed, the console signs in with it, and then ${old} is removed. Whoever else works with ${old} is locked out.`,
    revert: "Ask for key_rotation again. The removed token never works again.",
    seen: [{ says: "The token in use", observed: id }],
    outputs: { replaces: id },
  };
}
