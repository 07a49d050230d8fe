import type { Json } from "#server/domain/canonical/json.ts";
import { IDENTITY_WORDS, type Identity } from "#server/domain/plan/states.ts";
import {
  HYPERVISOR_TOKEN,
  type SealedName,
  SECRET_NAMES,
  type SecretName,
} from "#server/domain/secret/names.ts";
import { isSymbolic } from "#server/domain/plan/refs.ts";
import type { Redactor } from "#server/domain/secret/redact.ts";
import type { CloudConfig } from "#server/openstack/cloud-config.ts";
import { CloudError } from "#server/openstack/cloud-error.ts";
import type { CloudCredentials } from "#server/openstack/credentials.ts";
import { openHttp } from "#server/openstack/http.ts";
import { type CloudSession } from "#server/openstack/session.ts";
import type { PublicAuthorities, TrustedAuthority } from "#server/openstack/trust-anchor.ts";
import { openCloud } from "#server/proxmox/open-cloud.ts";
import { NotYetError } from "#server/operations/not-yet.ts";
import { IdentityError } from "./endings.ts";
import {
  credentialsFor,
  identitiesOf,
  requireSignInValues,
  SIGN_IN,
  type TenantIdentity,
} from "./identity-credentials.ts";
import { type CallObserver, observedSignIn } from "./observed-session.ts";
import { operatorCredentials } from "./operator-credentials.ts";
import type { RunnerParts } from "./parts.ts";
import { listHeldSecrets, openSecret, type OpenedSecret } from "./vault.ts";

export interface SessionsGiven {
  parts: RunnerParts;
  cloud: CloudConfig;
  anchor: TrustedAuthority | PublicAuthorities;
  tenant: { id: string; slug: string; handedOverAt: Date | null };
  redactor: Redactor;
  /** As-run values; symbolic where a step of the plan under way will make them. Read at each sign-in. */
  saved: () => ReadonlyMap<string, Json>;
  /** Told of every sealed value that is opened, before it is used. */
  opened: (secret: OpenedSecret) => Promise<void>;
  /** Told of every sign-in. */
  observe: CallObserver;
}

export interface StageSessions {
  /** The session of one identity, signed in on first use. Throws NotYetError, IdentityError, CloudError. */
  open(identity: Identity): Promise<CloudSession>;
  /** Whether a password signs in; only a token is asked for. Throws NotYetError and every CloudError but a refusal. */
  passwordWorks(attempt: { userId: string; projectId: string; secret: string }): Promise<boolean>;
  /** Whether a sealed value can be used now: not while a step of the plan under way has yet to seal a new one. */
  holdsSecret(name: string): boolean;
  /** While planning: the step will seal a new value of this name, so that nothing can sign in with it before. */
  awaits(secret: string, stepId: string): void;
  /** While running: a new value is sealed and in force from `at`. Sessions made with the earlier one are dropped. */
  secretChanged(secret: string, at: Date): void;
  close(): Promise<void>;
}

/** The sessions of one plan or run. They share connections and nothing else: each identity has a token of its own. */
export async function openStageSessions(given: SessionsGiven): Promise<StageSessions> {
  const { parts, cloud, anchor, tenant, redactor } = given;
  const http = openHttp(anchor, parts.patience.http);
  const held = await listHeldSecrets(parts.db, tenant.id);
  const sessions = new Map<Identity, Promise<CloudSession>>();
  const awaited = new Map<string, string>();
  const changedAt = new Map<string, Date>();
  registerOperator(redactor, parts, cloud.credentials);

  const signIn = (credentials: CloudCredentials, notBefore?: Date) =>
    observedSignIn(given.observe, () =>
      openCloud({ cloud, anchor, credentials, http, now: parts.now, wait: parts.wait, notBefore }),
    );

  const unseal = async (name: SecretName): Promise<OpenedSecret> => {
    const waitsFor = awaited.get(name);
    if (waitsFor !== undefined) throw new NotYetError(`step ${waitsFor}`);
    if (tenant.handedOverAt !== null) throw handedOver();
    const secret = await openSecret(parts.db, parts.sealer, { tenantId: tenant.id, name });
    if (secret === null) throw notHeld(name);
    redactor.register(secret.value, secret.fingerprint);
    await given.opened(secret);
    return secret;
  };

  const openTenantIdentity = async (identity: TenantIdentity): Promise<CloudSession> => {
    const name = SIGN_IN[identity].secret;
    if (tenant.handedOverAt !== null) throw handedOver();
    const waitsFor = awaited.get(name);
    if (waitsFor !== undefined) throw new NotYetError(`step ${waitsFor}`);
    const values = requireSignInValues(identity, given.saved());
    const secret = await unseal(name);
    // Only a user's own password ends its tokens when it is set; a new application credential works at once.
    const isPassword = identity !== "application-credential";
    const notBefore = isPassword ? (changedAt.get(name) ?? secret.createdAt) : undefined;
    return signIn(credentialsFor(identity, values, secret.value), notBefore);
  };

  return {
    open(identity) {
      if (identity === "host-account" || identity === "person") throw notOfCloud();
      const known = sessions.get(identity);
      if (known) return known;
      const opening = (
        identity === "operator-admin" ? openOperator(given, signIn) : openTenantIdentity(identity)
      ).then((session) => checked(identity, session));
      sessions.set(identity, opening);
      // A refusal is not kept: the next step may have made what was missing.
      opening.catch(() => sessions.delete(identity));
      return opening;
    },
    async passwordWorks({ userId, projectId, secret }) {
      if (isSymbolic(userId) || isSymbolic(projectId)) throw new NotYetError("an earlier step");
      const { value, createdAt } = await unseal(requireSecretName(secret));
      const scope = { project: { id: projectId } };
      const credentials = { kind: "password", user: { id: userId }, password: value, scope } as const;
      try {
        await signIn(credentials, changedAt.get(secret) ?? createdAt);
        return true;
      } catch (error) {
        if (error instanceof CloudError && error.code === "unauthenticated") return false;
        throw error;
      }
    },
    holdsSecret: (name) => held.has(name) && !awaited.has(name) && tenant.handedOverAt === null,
    awaits: (secret, stepId) => void awaited.set(secret, stepId),
    secretChanged(secret, at) {
      held.add(secret);
      changedAt.set(secret, at);
      for (const identity of identitiesOf(secret)) sessions.delete(identity);
    },
    close: () => http.close(),
  };
}

/** The token must be of the kind the block asked for; anything else would be work under another name. */
function checked(identity: Identity, session: CloudSession): CloudSession {
  const { projectId, domainId, isAppCred } = session.describe();
  const fits =
    identity === "operator-admin" ||
    (identity === "domain-manager" && domainId !== null && !isAppCred) ||
    (identity === "service-user" && projectId !== null && !isAppCred) ||
    (identity === "application-credential" && isAppCred);
  if (fits) return session;
  throw new IdentityError(
    `The cloud signed the ${IDENTITY_WORDS[identity].toLowerCase()} in as something else than asked. Nothing was sent.`,
    "Look at the credentials of this tenant before trying again.",
  );
}

async function openOperator(
  { parts, cloud, redactor }: SessionsGiven,
  signIn: (credentials: CloudCredentials) => Promise<CloudSession>,
): Promise<CloudSession> {
  const credentials = await operatorCredentials(parts, cloud);
  registerOperator(redactor, parts, credentials);
  return signIn(credentials);
}

function registerOperator(redactor: Redactor, parts: RunnerParts, credentials: CloudCredentials): void {
  const secret = credentials.kind === "password" ? credentials.password : credentials.secret;
  redactor.register(secret, parts.sealer.fingerprint(secret));
}

export function requireSecretName(name: string): SecretName {
  const known = SECRET_NAMES.find((one) => one === name);
  if (known === undefined) throw new Error(`Broken invariant: ${name} is the name of a secret`);
  return known;
}

export function requireSealedName(name: string): SealedName {
  return name === HYPERVISOR_TOKEN ? name : requireSecretName(name);
}

function handedOver(): IdentityError {
  return new IdentityError(
    "The credentials of this tenant were handed over, and the console's copies are destroyed. Nothing was sent.",
    "What is to be done in the tenant's own name is the tenant's to do now.",
  );
}

function notHeld(name: string): IdentityError {
  return new IdentityError(
    `The console holds no ${name.replaceAll("_", " ")} of this tenant. Nothing was sent.`,
    "Run the stage that makes it first.",
  );
}

const notOfCloud = () =>
  new IdentityError("An account on a host signs in on no cloud. Nothing was sent.", "Correct the runbook.");
