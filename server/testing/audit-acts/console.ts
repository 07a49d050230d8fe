import { randomUUID } from "node:crypto";
import { eq } from "drizzle-orm";
import { standingApproval } from "#db/schema/standing.ts";
import { DEFAULT_RULES } from "#server/domain/rule/rule.ts";
import { requestHead } from "#server/services/audit/request-signing.ts";
import { proposeLift } from "#server/services/freeze/propose-lift.ts";
import { setFreeze } from "#server/services/freeze/set.ts";
import { addPerson } from "#server/services/person/add.ts";
import { disablePerson, enablePerson, endSessions } from "#server/services/person/disable.ts";
import { setRoles } from "#server/services/person/set-roles.ts";
import { approveProposal, rejectProposal, withdrawProposal } from "#server/services/proposal/decide.ts";
import { proposeRules } from "#server/services/rules/change.ts";
import { findRules } from "#server/services/rules/current.ts";
import { proposeEnrol, proposeRevoke, proposeRotate } from "#server/services/signer/propose.ts";
import { prepareRepin, repin } from "#server/services/signer/repin.ts";
import { proposeStanding } from "#server/services/standing/grant.ts";
import { proposeStandingWithdrawal } from "#server/services/standing/withdraw.ts";
import { answerTo, freezeNow, waitingProposal } from "../proposals.ts";
import { enrol } from "../signing-keys.ts";
import { standingContent } from "../standings.ts";
import { type Acts, type ActWorld, REASON } from "./world.ts";

/** Acts on people, keys, rules and the console itself, by the path of their procedure. */
export const CONSOLE_ACTS: Acts = {
  "audit.requestHead": ({ jobs, admin }) => Promise.resolve(() => requestHead(jobs.ctx(admin), {})),
  "people.add": async ({ jobs, admin }) => {
    const email = `${randomUUID()}@example.org`;
    return () => addPerson(jobs.ctx(admin), { email, name: "New", roles: ["operator"] });
  },
  "people.setRoles":
    async ({ jobs, admin, reviewer: { personId } }) =>
    () =>
      setRoles(jobs.ctx(admin), { personId, roles: ["auditor"] }),
  "people.disable":
    async ({ jobs, admin, reviewer: { personId } }) =>
    () =>
      disablePerson(jobs.ctx(admin), { personId }),
  "people.enable": async ({ jobs, admin, reviewer: { personId } }) => {
    await disablePerson(jobs.ctx(admin), { personId });
    return () => enablePerson(jobs.ctx(admin), { personId });
  },
  "people.endSessions":
    async ({ jobs, admin, reviewer: { personId } }) =>
    () =>
      endSessions(jobs.ctx(admin), { personId }),
  "signers.proposeEnrol": async ({ jobs, keys, operator }) => {
    const { publicLine: publicKey } = await keys.make();
    const content = {
      personId: operator.personId,
      publicKey,
      role: "operational" as const,
      validAfter: null,
      validBefore: null,
    };
    return () => proposeEnrol(jobs.ctx(operator), { content, reason: REASON });
  },
  "signers.proposeRevoke": async (given) => {
    // The last operational key cannot go.
    await enrolledKey(given);
    const content = { signerId: await enrolledKey(given) };
    return () => proposeRevoke(given.jobs.ctx(given.operator), { content, reason: REASON });
  },
  "signers.proposeRotate": async (given) => {
    const signerId = await enrolledKey(given);
    const { publicLine: publicKey } = await given.keys.make();
    const content = { signerId, publicKey };
    return () => proposeRotate(given.jobs.ctx(given.operator), { content, reason: REASON });
  },
  "signers.prepareRepin": async (given) => {
    const { ask } = await lostKeys(given);
    return ask;
  },
  "signers.repin": async (given) => {
    const { ask, cold } = await lostKeys(given);
    const { nonce, message } = await ask();
    const armored = await cold.sign(message);
    return () => repin(given.jobs.ctx(given.reviewer), { nonce, armored });
  },
  "freeze.set":
    async ({ jobs, operator }) =>
    () =>
      setFreeze(jobs.ctx(operator), { reason: "Odd" }),
  "freeze.proposeLift": async ({ jobs, operator }) => {
    const content = { freezeId: await freezeNow(jobs, operator) };
    return () => proposeLift(jobs.ctx(operator), { content, reason: "Fine" });
  },
  "rules.propose": async ({ jobs, manager, reviewer }) => {
    const base = (await findRules(jobs.db))?.version ?? 0;
    const rules = DEFAULT_RULES.rules.map((rule) => ({
      ...rule,
      demands: { ...rule.demands, never: [reviewer.personId] },
    }));
    const content = { base, set: { ...DEFAULT_RULES, rules } };
    return () => proposeRules(jobs.ctx(manager), { content, reason: "Safer" });
  },
  "standing.propose":
    async ({ jobs, manager }) =>
    () =>
      proposeStanding(jobs.ctx(manager), { content: standingContent(jobs), reason: REASON }),
  "standing.proposeWithdrawal": async (given) => {
    const content = { standingId: await grantedStanding(given) };
    return () => proposeStandingWithdrawal(given.jobs.ctx(given.manager), { content, reason: REASON });
  },
  "proposals.approve": async ({ jobs, operator, reviewer }) => {
    const answer = await answerTo(jobs, await waitingProposal(jobs, operator));
    return () => approveProposal(jobs.ctx(reviewer), answer);
  },
  "proposals.reject": async ({ jobs, operator, reviewer }) => {
    const answer = await answerTo(jobs, await waitingProposal(jobs, operator));
    return () => rejectProposal(jobs.ctx(reviewer), answer);
  },
  "proposals.withdraw": async ({ jobs, operator }) => {
    const proposalId = await waitingProposal(jobs, operator);
    return () => withdrawProposal(jobs.ctx(operator), { proposalId, reason: "No" });
  },
};

/** A standing approval of the sample's plan, made by the manager and the reviewer. */
export async function grantedStanding({ jobs, manager, reviewer }: ActWorld): Promise<string> {
  const asked = { content: standingContent(jobs), reason: REASON };
  const { proposalId } = await proposeStanding(jobs.ctx(manager), asked);
  await approveProposal(jobs.ctx(reviewer), await answerTo(jobs, proposalId));
  const [row] = await jobs.db
    .select()
    .from(standingApproval)
    .where(eq(standingApproval.proposalId, proposalId));
  return row?.id ?? "";
}

async function enrolledKey({ jobs, keys, operator: { personId } }: ActWorld): Promise<string> {
  const { publicLine: line } = await keys.make();
  return enrol(jobs.db, { line, personId, at: jobs.now });
}

/** A recovery key of the reviewer, and the question for another operational key in the place of all there are. */
async function lostKeys({ jobs, keys, operator, reviewer, admin }: ActWorld) {
  const [cold, fresh] = [await keys.make(), await keys.make()];
  const by = { personId: reviewer.personId, at: jobs.now };
  await enrol(jobs.db, { ...by, line: cold.publicLine, role: "recovery" });
  const asked = { personId: operator.personId, publicKey: fresh.publicLine, reason: "All are lost" };
  return { cold, ask: () => prepareRepin(jobs.ctx(admin), asked) };
}
