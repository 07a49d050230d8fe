import { randomBytes, randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { setTimeout } from "node:timers/promises";
import type { Json } from "#server/domain/canonical/json.ts";
import { evaluateExpectations, evaluateGate, type GateVerdict } from "#server/domain/gate/evaluate.ts";
import { CATALOGUE } from "#server/domain/operation/catalogue.ts";
import { type CloudCall, isCloudCall } from "#server/domain/plan/plan.ts";
import { fillRefs, outputRef, type RefLookup } from "#server/domain/plan/refs.ts";
import { jsonSchema } from "#server/domain/plan/schema.ts";
import type { CloudIdentity } from "#server/domain/plan/states.ts";
import { parseRunbook } from "#server/domain/runbook/parse.ts";
import { parsePath, valueAt } from "#server/domain/runbook/path.ts";
import type { RunbookStage, RunbookStep } from "#server/domain/runbook/runbook.ts";
import { fillTemplates } from "#server/domain/runbook/template.ts";
import type { TenantInputs } from "#server/domain/tenant/schema.ts";
import { CloudError } from "#server/openstack/cloud-error.ts";
import { getCloud } from "#server/openstack/clouds.ts";
import type { CloudCredentials } from "#server/openstack/credentials.ts";
import type { CloudSession } from "#server/openstack/session.ts";
import { readTrustAnchor } from "#server/openstack/trust-anchor.ts";
import type {
  ObservedFinding,
  Operation,
  PlanContext,
  ReadContext,
  StepDraft,
} from "#server/operations/handler.ts";
import { openCloud } from "#server/proxmox/open-cloud.ts";
import { HANDLERS } from "#server/operations/handlers.ts";
import { NotYetError } from "#server/operations/not-yet.ts";

const pause = (ms: number): Promise<void> => setTimeout(ms);

const SOURCES = ["tenant-onboarding", "tenant-offboarding"].map((slug) =>
  readFileSync(new URL(`../../runbooks/${slug}.md`, import.meta.url), "utf8"),
);

function shippedStages(): RunbookStage[] {
  return SOURCES.flatMap((source) => {
    const { runbook, diagnostics } = parseRunbook(source, CATALOGUE);
    if (runbook === null) throw new Error(`A runbook does not read: ${JSON.stringify(diagnostics)}`);
    return runbook.stages;
  });
}

export interface StageRun {
  /** The sentence of the step that cannot be planned, and its advice; null when the plan was made. */
  blocked: { stepId: string; says: string; advice: string } | null;
  /** Disposition of each step by its id. */
  dispositions: Record<string, StepDraft["disposition"]>;
  drafts: Record<string, Exclude<StepDraft, { disposition: "blocked" }>>;
  /** Status of each call that was sent, by call id. */
  statuses: Record<string, number>;
  /** Expectations that did not hold; the run stops at the first step that has one. */
  unexpected: string[];
  values: Record<string, Record<string, Json>>;
  findings: ObservedFinding[];
  gate: GateVerdict | null;
  said: string[];
}

export interface Onboarding {
  tenant: { id: string; slug: string };
  saved: Record<string, Json>;
  secrets: Map<string, string>;
  /** Plans a stage and, unless it is blocked, carries it out and judges its gate. */
  run(stageKey: string): Promise<StageRun>;
  session(identity: CloudIdentity): Promise<CloudSession>;
  close(): Promise<void>;
}

export interface OnboardingOptions {
  cloudsFile: string;
  cloudName: string;
  slug: string;
  inputs: TenantInputs;
  /** Replaces the pause between two looks at a cluster. */
  wait?: (ms: number) => Promise<void>;
}

/** The shipped runbook over the real client, without journal, approval and database: what operations are tested with. */
export function startOnboarding(options: OnboardingOptions): Onboarding {
  const stages = shippedStages();
  const search = { clientConfigFile: options.cloudsFile, workingDir: tmpdir(), homeDir: tmpdir() };
  const cloud = getCloud(search, options.cloudName);
  const tenant = { id: randomUUID(), slug: options.slug };
  const state: State = {
    sessions: new Map(),
    saved: {},
    secrets: new Map(),
    changedAt: new Map(),
    awaited: new Set(),
    removed: new Set(),
    foreseen: {},
  };
  const signIn = (credentials: CloudCredentials, notBefore?: Date) =>
    openCloud({
      cloud,
      anchor: readTrustAnchor(cloud.cacertPath, new Date()),
      credentials,
      now: () => new Date(),
      wait: pause,
      notBefore,
    });

  const open = (identity: CloudIdentity): Promise<CloudSession> => {
    if (identity === "operator-admin") return signIn(cloud.credentials);
    const secretName = SECRET_OF[identity];
    if (state.awaited.has(secretName)) throw new NotYetError("an earlier step");
    const secret = state.secrets.get(secretName);
    if (secret === undefined) throw new Error(`There is no ${secretName} yet.`);
    return signIn(credentialsOf(identity, state.saved, secret), state.changedAt.get(secretName));
  };

  const session = async (identity: CloudIdentity): Promise<CloudSession> => {
    const isAwaited = identity !== "operator-admin" && state.awaited.has(SECRET_OF[identity]);
    const known = isAwaited ? undefined : state.sessions.get(identity);
    if (known) return known;
    const opened = await open(identity);
    state.sessions.set(identity, opened);
    return opened;
  };

  const passwordWorks: PlanContext["passwordWorks"] = async ({ userId, projectId, secret }) => {
    const password = state.secrets.get(secret) ?? "";
    const scope = { project: { id: projectId } };
    try {
      await (await signIn({ kind: "password", user: { id: userId }, password, scope })).close();
      return true;
    } catch (error) {
      if (error instanceof CloudError && error.code === "unauthenticated") return false;
      throw error;
    }
  };

  const parts: Parts = { state, tenant, inputs: options.inputs, session, passwordWorks, wait: options.wait };
  return {
    tenant,
    saved: state.saved,
    secrets: state.secrets,
    session,
    async run(stageKey) {
      const stage = stages.find(({ key }) => key === stageKey);
      if (!stage) throw new Error(`The runbook has no stage ${stageKey}.`);
      return runStage(parts, stage);
    },
    async close() {
      for (const opened of state.sessions.values()) await opened.close();
      state.sessions.clear();
    },
  };
}

interface State {
  sessions: Map<CloudIdentity, CloudSession>;
  saved: Record<string, Json>;
  secrets: Map<string, string>;
  changedAt: Map<string, Date>;
  /** Secrets that the plan under way will seal. */
  awaited: Set<string>;
  /** `service path` of what a run deleted, as the console's journal would tell. */
  removed: Set<string>;
  /** Saved values as far as the plan under way knows them. */
  foreseen: Record<string, Json>;
}

interface Parts {
  state: State;
  tenant: { id: string; slug: string };
  inputs: TenantInputs;
  session(identity: CloudIdentity): Promise<CloudSession>;
  passwordWorks: PlanContext["passwordWorks"];
  wait: ((ms: number) => Promise<void>) | undefined;
}

const SECRET_OF = {
  "domain-manager": "manager_password",
  "service-user": "svc_password",
  "application-credential": "app_cred_secret",
} as const;

function credentialsOf(
  identity: keyof typeof SECRET_OF,
  saved: Record<string, Json>,
  secret: string,
): CloudCredentials {
  const id = (name: string) => textOf(saved[name]);
  switch (identity) {
    case "domain-manager":
      return {
        kind: "password",
        user: { id: id("manager_id") },
        password: secret,
        scope: { domain: { id: id("domain_id") } },
      };
    case "service-user":
      return {
        kind: "password",
        user: { id: id("svc_id") },
        password: secret,
        scope: { project: { id: id("project_id") } },
      };
    case "application-credential":
      return { kind: "application_credential", id: id("app_cred_id"), secret };
  }
}

interface PlannedHere {
  step: RunbookStep;
  identity: CloudIdentity;
  operation: Operation;
  parameters: Json;
  draft: Exclude<StepDraft, { disposition: "blocked" }>;
}

async function runStage(parts: Parts, stage: RunbookStage): Promise<StageRun> {
  const run: StageRun = {
    blocked: null,
    dispositions: {},
    drafts: {},
    statuses: {},
    unexpected: [],
    values: {},
    findings: [],
    gate: null,
    said: [],
  };
  const planned = await planStage(parts, stage, run);
  if (run.blocked) return run;
  await carryOut(parts, planned, run);
  if (run.unexpected.length > 0) return run;
  const gate = stage.parts.find((part) => part.kind === "gate");
  if (gate?.kind === "gate") run.gate = evaluateGate(gate.gate, { ...scopeOf(parts), steps: run.values });
  return run;
}

function scopeOf({ state, tenant, inputs }: Parts, saved = state.saved) {
  return { tenant, inputs: jsonSchema.parse(inputs), saved };
}

async function planStage(parts: Parts, stage: RunbookStage, run: StageRun): Promise<PlannedHere[]> {
  const { state } = parts;
  state.awaited.clear();
  state.foreseen = { ...state.saved };
  const planned: PlannedHere[] = [];
  for (const part of stage.parts) {
    if (part.kind !== "block") continue;
    const { as } = part.block;
    if (as === "host-account" || as === "person")
      throw new Error("Blocks on hosts are tested with the runner.");
    for (const step of part.block.steps) {
      const made = await planStep(parts, step, as);
      if (made.draft.disposition === "blocked") {
        run.blocked = { stepId: step.id, says: made.draft.says, advice: made.draft.advice };
        return [];
      }
      const { draft } = made;
      planned.push({ ...made, draft, step, identity: as });
      run.dispositions[step.id] = draft.disposition;
      run.drafts[step.id] = draft;
      for (const [name, path] of Object.entries(step.save)) {
        const value = valueAt(draft.outputs, parsePath(path) ?? []);
        if (value !== undefined) state.foreseen[name] = value;
      }
      if (draft.disposition !== "apply") continue;
      const seals = draft.calls.flatMap((call) => Object.keys(call.seals));
      for (const secret of [...(draft.generates ?? []), ...seals]) state.awaited.add(secret);
    }
  }
  state.awaited.clear();
  return planned;
}

async function planStep(parts: Parts, step: RunbookStep, identity: CloudIdentity) {
  const operation = HANDLERS.get(step.operation);
  if (!operation) throw new Error(`No handler for ${step.operation}.`);
  const filled = fillTemplates(jsonSchema.parse(step.with), scopeOf(parts, parts.state.foreseen));
  if (filled.kind !== "filled") throw new Error(`${step.id}: ${filled.says}`);
  const parameters = jsonSchema.parse(operation.definition.parameters.parse(filled.value));
  const blind = {
    stepId: step.id,
    tenant: parts.tenant,
    holdsSecret: (name: string) => parts.state.secrets.has(name) && !parts.state.awaited.has(name),
    now: new Date(),
  };
  const context: PlanContext = {
    ...blind,
    session: async () => readOnly(await parts.session(identity)),
    passwordWorks: parts.passwordWorks,
    desired: () => Promise.resolve(null),
    recoveryUntil: () => Promise.resolve(null),
    scratchByUs: () => Promise.resolve([]),
    recorded: (name) => parts.state.saved[name] ?? null,
    planned: () => null,
    policy: () => Promise.resolve(null),
    removedByUs: ({ service, path }) => Promise.resolve(parts.state.removed.has(`${service} ${path}`)),
  };
  try {
    return { operation, parameters, draft: await operation.plan(context, parameters) };
  } catch (error) {
    if (!(error instanceof NotYetError)) throw error;
    const because = error.message;
    return {
      operation,
      parameters,
      draft:
        operation.planBlind?.({ ...blind, because }, parameters) ?? blindRead(operation, step.id, because),
    };
  }
}

function blindRead(operation: Operation, stepId: string, says: string): StepDraft {
  if (operation.definition.effect !== "read") throw new Error(`${stepId} cannot be planned unseen.`);
  const outputs = operation.definition.outputs.map((name) => [name, outputRef(stepId, name)] as const);
  return { disposition: "read", says, outputs: Object.fromEntries(outputs), reads: [] };
}

/** Planning and reading back must not change anything: a call that could is a mistake of the operation. */
function readOnly(session: CloudSession): CloudSession {
  return {
    ...session,
    call(request) {
      if (request.method !== "GET") throw new Error(`${request.method} ${request.path} while only reading.`);
      return session.call(request);
    },
  };
}

async function carryOut(parts: Parts, planned: readonly PlannedHere[], run: StageRun): Promise<void> {
  const outputs = new Map<string, Record<string, string>>();
  for (const one of planned) {
    const { step, draft } = one;
    const known = Object.entries(draft.outputs).flatMap(([name, value]) =>
      typeof value === "string" ? [[name, value] as const] : [],
    );
    outputs.set(step.id, Object.fromEntries(known));
    const lookup: RefLookup = (ref) => {
      const value =
        ref.kind === "secret" ? parts.state.secrets.get(ref.name) : outputs.get(ref.stepId)?.[ref.output];
      if (value === undefined)
        throw new Error(`${step.id} refers to ${JSON.stringify(ref)}, which has no value.`);
      return value;
    };
    if (draft.disposition === "apply" || draft.disposition === "attempt") {
      const captured = await send(parts, { ...one, draft }, { run, lookup });
      outputs.set(step.id, { ...outputs.get(step.id), ...captured });
    }
    const values = await readBack(parts, one, { run, lookup, outputs: outputs.get(step.id) ?? {} });
    const texts = Object.entries(values).flatMap(([name, value]) =>
      value === null || typeof value === "object" ? [] : [[name, String(value)] as const],
    );
    outputs.set(step.id, { ...outputs.get(step.id), ...Object.fromEntries(texts) });
    if (run.unexpected.length > 0) return;
  }
}

/** What was signed in with an earlier value of the secret is of no use any more. */
async function forget(state: State, secret: string): Promise<void> {
  for (const identity of ["domain-manager", "service-user", "application-credential"] as const) {
    if (SECRET_OF[identity] !== secret) continue;
    await state.sessions.get(identity)?.close();
    state.sessions.delete(identity);
  }
}

interface Sending {
  run: StageRun;
  lookup: RefLookup;
}

async function send(
  parts: Parts,
  { identity, draft }: PlannedHere & { draft: Extract<StepDraft, { disposition: "apply" | "attempt" }> },
  { run, lookup }: Sending,
): Promise<Record<string, string>> {
  const captured: Record<string, string> = {};
  for (const name of draft.generates ?? []) {
    parts.state.secrets.set(name, randomBytes(24).toString("base64url"));
  }
  for (const call of draft.calls.filter(isCloudCall)) {
    const session = await parts.session(identity);
    const body = fillRefs(call.body, lookup);
    const answer = await session.call({
      service: call.service,
      method: call.method,
      path: fillRefs(call.path, (ref) => encodeURIComponent(lookup(ref))),
      headers: call.headers,
      accept: call.accept,
      ...(body === null ? {} : { body }),
    });
    run.statuses[call.id] = answer.status;
    if (answer.status < 300) {
      if (call.method === "DELETE") parts.state.removed.add(`${call.service} ${call.path}`);
      for (const [name, pointer] of Object.entries(call.captures))
        captured[name] = atPointer(answer.body, pointer);
      for (const [name, pointer] of Object.entries(call.seals)) {
        parts.state.secrets.set(name, atPointer(answer.body, pointer));
      }
      await checkProbe(session, call, lookup);
    }
    for (const name of [...(draft.generates ?? []), ...Object.keys(call.seals)]) {
      if (draft.generates?.includes(name)) parts.state.changedAt.set(name, new Date());
      await forget(parts.state, name);
    }
  }
  return captured;
}

/** A call that took effect must show in its probe: that is what a lost answer is judged by. */
async function checkProbe(
  session: CloudSession,
  { id, service, headers, probe }: CloudCall,
  lookup: RefLookup,
): Promise<void> {
  if (probe === null) return;
  const path = fillRefs(probe.path, (ref) => encodeURIComponent(lookup(ref)));
  if (probe.gone !== undefined) return checkGone(session, { service, path, headers, gone: probe.gone });
  const { body } = await session.call({ service, method: "GET", path });
  const found =
    probe.list === null ? [body] : valueAt(jsonSchema.parse(body), probe.list.split("/").slice(1));
  if (!Array.isArray(found) || found.length !== 1) {
    throw new Error(`The probe of ${id} does not show one element: ${JSON.stringify(found)}`);
  }
  for (const pointer of Object.values(probe.captures)) atPointer(found[0], pointer);
}

async function checkGone(
  session: CloudSession,
  of: Pick<CloudCall, "service" | "path" | "headers"> & { gone: { orShows: Record<string, Json[]> } },
): Promise<void> {
  const { service, path, headers, gone } = of;
  const look = { service, method: "GET", path, headers, accept: [200, 204, 404] } as const;
  const { status, body } = await session.call(look);
  const shown = Object.entries(gone.orShows).some(([pointer, values]) =>
    values.includes(valueAt(jsonSchema.parse(body), pointer.split("/").slice(1)) ?? null),
  );
  if (status !== 404 && !shown) throw new Error(`The probe of ${path} shows it unchanged.`);
}

async function readBack(
  parts: Parts,
  { step, identity, operation, parameters }: PlannedHere,
  { run, lookup, outputs }: Sending & { outputs: Record<string, string> },
): Promise<Record<string, Json>> {
  const context: ReadContext = {
    stepId: step.id,
    tenant: parts.tenant,
    session: async () => readOnly(await parts.session(identity)),
    desired: () => Promise.resolve(null),
    recorded: (name) => parts.state.saved[name] ?? null,
    policy: () => Promise.resolve(null),
    say: async (line) => void run.said.push(line),
    wait: parts.wait ?? pause,
    now: () => new Date(),
    signal: new AbortController().signal,
  };
  const filled = operation.definition.parameters.parse(fillRefs(parameters, lookup));
  const { values, findings } = await operation.readBack(context, filled, outputs);
  run.values[step.id] = values;
  run.findings.push(...(findings ?? []));
  const missing = operation.definition.outputs.filter((name) => !Object.hasOwn(values, name));
  if (missing.length > 0) throw new Error(`${step.operation} did not read ${missing.join(", ")}.`);
  for (const judged of evaluateExpectations(step.expect, values, scopeOf(parts))) {
    if (!judged.passed) run.unexpected.push(`${step.id}: ${judged.that}, observed ${judged.observed}`);
  }
  for (const [name, path] of Object.entries(step.save)) {
    const value = valueAt(values, parsePath(path) ?? []);
    if (value === undefined) throw new Error(`${step.id} has no ${path} to save as ${name}.`);
    parts.state.saved[name] = value;
  }
  return values;
}

function textOf(value: Json | undefined): string {
  if (typeof value !== "string") throw new Error("A saved id is a text.");
  return value;
}

function atPointer(body: unknown, pointer: string): string {
  const value = valueAt(jsonSchema.parse(body), pointer.split("/").slice(1));
  if (typeof value !== "string" || value === "") throw new Error(`The answer has nothing at ${pointer}.`);
  return value;
}
