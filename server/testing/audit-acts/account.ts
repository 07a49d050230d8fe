import { beginEnrol } from "#server/services/account/begin-enrol.ts";
import { beginProof } from "#server/services/account/begin-proof.ts";
import { removePasskey, renamePasskey } from "#server/services/account/change-passkey.ts";
import { changePassword } from "#server/services/account/change-password.ts";
import { endOwnSessions } from "#server/services/account/end-sessions.ts";
import { enrolPasskey } from "#server/services/account/enrol-passkey.ts";
import { proposeForget } from "#server/services/passkey/forget.ts";
import { hashPassword } from "#server/services/person/password.ts";
import { proveByPasskey } from "#server/services/person/prove-by-passkey.ts";
import { findActor } from "#server/services/person/session.ts";
import { signIn } from "#server/services/person/sign-in.ts";
import { SoftwareAuthenticator } from "../authenticator.ts";
import type { JobWorld } from "../jobs.ts";
import { addPerson, signInAs } from "../people.ts";
import { type Acts, REASON } from "./world.ts";

const ORIGIN = "https://console.example.org";
const PASSWORD = "correct horse battery";

/** Acts on one's own account, by the path of their procedure. */
export const ACCOUNT_ACTS: Acts = {
  "account.beginProof": async ({ jobs }) => {
    const { ctx } = await withPasskey(jobs);
    return () => beginProof(ctx, { way: "passkey" });
  },
  "account.beginEnrol": async ({ jobs, reviewer }) => {
    const ctx = { ...jobs.ctx(reviewer), origin: ORIGIN };
    return () => beginEnrol(ctx, {});
  },
  "account.enrolPasskey": async ({ jobs, reviewer }) => {
    const ctx = { ...jobs.ctx(reviewer), origin: ORIGIN };
    const response = new SoftwareAuthenticator(ORIGIN).enrol(await beginEnrol(ctx, {}));
    return () => enrolPasskey(ctx, { name: "Key", response });
  },
  "account.renamePasskey": async ({ jobs }) => {
    const { ctx, passkeyId } = await withPasskey(jobs);
    return () => renamePasskey(ctx, { passkeyId, name: "Other" });
  },
  "account.removePasskey": async ({ jobs }) => {
    const { passkeyId, proof } = await withPasskey(jobs);
    const { sessionSecret } = await (await proof())();
    const actor = await findActor({ db: jobs.db, clock: jobs.clock, isActivity: false }, sessionSecret);
    if (actor === null) throw new Error("There is no live session.");
    return () => removePasskey(jobs.ctx(actor), { passkeyId });
  },
  "account.changePassword": async ({ jobs }) => {
    const passwordHash = await hashPassword(PASSWORD);
    const who = await addPerson(jobs.db, { name: "Pia", roles: ["operator"], passwordHash, at: jobs.now });
    const { actor } = await signInAs(jobs, who);
    const input = { current: PASSWORD, wanted: "seven lean cows by a river" };
    return () => changePassword(jobs.ctx(actor), input);
  },
  "account.endSessions": async ({ jobs, reviewer }) => {
    await signInAs(jobs, { id: reviewer.personId, name: reviewer.name });
    return () => endOwnSessions(jobs.ctx(reviewer), { sessionId: null });
  },
};

/** What others do about somebody's passkeys. */
export const PASSKEY_ACTS: Acts = {
  "people.proposeForget": async ({ jobs, admin }) => {
    const { ctx } = await withPasskey(jobs);
    const content = { personId: ctx.actor.personId };
    return () => proposeForget(jobs.ctx(admin), { content, reason: REASON });
  },
};

/** What begins a session, by the way it begins: through routes of its own and not through a procedure. */
export const SESSION_ACTS: Acts = {
  "a password": async ({ jobs }) => {
    const passwordHash = await hashPassword(PASSWORD);
    const who = await addPerson(jobs.db, { name: "Pia", roles: ["operator"], passwordHash, at: jobs.now });
    const ctx = { db: jobs.db, clock: jobs.clock, address: who.email, userAgent: null, replaces: null };
    return () => signIn(ctx, { email: who.email, password: PASSWORD });
  },
  "a passkey": async ({ jobs }) => (await withPasskey(jobs)).proof(),
};

/** Somebody with a passkey; `proof` asks for one proof with it and answers the act that hands it in. */
async function withPasskey(jobs: JobWorld) {
  const who = await addPerson(jobs.db, { name: "Pia", roles: ["operator"], at: jobs.now });
  const { actor, secret } = await signInAs(jobs, who);
  const ctx = { ...jobs.ctx(actor), origin: ORIGIN };
  const key = new SoftwareAuthenticator(ORIGIN);
  const response = key.enrol(await beginEnrol(ctx, {}));
  const { passkeyId } = await enrolPasskey(ctx, { name: "Key", response });
  const proof = async () => {
    const { options } = await beginProof(ctx, { way: "passkey" });
    const json = JSON.stringify(key.prove(options ?? { challenge: "" }));
    const browser = { address: "10.1.1.1", userAgent: null, replaces: secret, origin: ORIGIN };
    return () => proveByPasskey({ db: jobs.db, clock: jobs.clock, ...browser }, json);
  };
  return { ctx, passkeyId, proof };
}
