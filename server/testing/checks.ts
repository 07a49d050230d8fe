import { randomUUID } from "node:crypto";
import { asc, eq } from "drizzle-orm";
import { checkLine, checkRun, host, hostKey, hostVersion } from "#db/schema/check.ts";
import { proposal } from "#db/schema/proposal.ts";
import { runner } from "#db/schema/runner.ts";
import type { CheckSettings } from "#server/domain/check/schema.ts";
import { DEFAULT_SETTINGS } from "#server/domain/check/schema.ts";
import { type HostContent, hostDigest } from "#server/domain/host/host.ts";
import type { PersonActor } from "#server/domain/policy/decide.ts";
import { CheckRunner } from "#server/runner/check/check-runner.ts";
import { findContainment } from "#server/runner/process/containment.ts";
import { certificateSigner } from "#server/runner/certificate/signer.ts";
import { createSealer } from "#server/runner/sealing.ts";
import { wait } from "#server/runner/wait.ts";
import { attestBlock } from "#server/services/attestation/attest.ts";
import { getCheck } from "#server/services/check/get.ts";
import { runCheck } from "#server/services/check/run.ts";
import { setCheck } from "#server/services/check/set.ts";
import { changeItem, lockItem } from "#server/services/item/change-item.ts";
import { approveProposal } from "#server/services/proposal/decide.ts";
import { checkItem } from "./check-item.ts";
import { addDocument, addItem } from "./items.ts";
import { type JobWorld, openJobWorld } from "./jobs.ts";

type CheckRunRow = typeof checkRun.$inferSelect;

/** A console with V items, two operators, a reviewer and, once started, a real runner of checks. */
export class CheckWorld {
  readonly jobs: JobWorld;
  readonly people: {
    olga: PersonActor;
    otto: PersonActor;
    rita: PersonActor;
    max: PersonActor;
    ada: PersonActor;
  };
  readonly runnerId = randomUUID();
  readonly sealKey = Buffer.alloc(32, 7);
  readonly #documentId: string;
  #items = 0;
  #runner: CheckRunner | null = null;

  constructor(jobs: JobWorld, people: CheckWorld["people"], documentId: string) {
    this.jobs = jobs;
    this.people = people;
    this.#documentId = documentId;
  }

  get db() {
    return this.jobs.db;
  }

  ctx(actor: PersonActor) {
    return this.jobs.ctx(actor);
  }

  async item(script: string, hostLabel?: string): Promise<string> {
    this.#items += 1;
    const code = `V-${this.#items}`;
    const { personId } = this.people.olga;
    const content = checkItem(code, script, hostLabel);
    const documentId = this.#documentId;
    return (await addItem(this.db, { documentId, code, kind: "V", content, personId, at: this.jobs.now })).id;
  }

  /** The text of the block becomes another one. */
  async edit(itemId: string, script: string, hostLabel?: string): Promise<void> {
    await this.db.transaction(async (tx) => {
      const row = await lockItem(tx, itemId);
      const set = { content: checkItem(row.code, script, hostLabel) };
      await changeItem(tx, row, { act: "edited", set, seen: null, personId: null, at: this.jobs.now });
    });
  }

  /** A host as two people would have agreed on it. */
  async host(name: string, content: HostContent): Promise<string> {
    const id = randomUUID();
    const at = this.jobs.now;
    const [agreed] = await this.db.select({ id: proposal.id }).from(proposal).limit(1);
    await this.db.insert(host).values({ id, name, createdAt: at });
    await this.db.insert(hostVersion).values({
      id: randomUUID(),
      hostId: id,
      number: 1,
      content,
      digest: hostDigest(id, content),
      proposalId: content.kind === "local" ? null : (agreed?.id ?? null),
      at,
    });
    return id;
  }

  check(itemId: string, by = this.people.olga) {
    return getCheck(this.ctx(by), { itemId });
  }

  async digest(itemId: string): Promise<string> {
    return (await this.check(itemId)).digest ?? "";
  }

  async attest(itemId: string, ...by: PersonActor[]): Promise<string> {
    const digest = await this.digest(itemId);
    const people = by.length === 0 ? [this.people.otto, this.people.rita] : by;
    for (const one of people) await attestBlock(this.ctx(one), { itemId, digest, reason: "It only reads" });
    return digest;
  }

  async set(itemId: string, settings: Partial<CheckSettings>): Promise<void> {
    const { settingsNumber: base, settings: before } = await this.check(itemId);
    const wanted = { ...DEFAULT_SETTINGS, ...before, ...settings };
    await setCheck(this.ctx(this.people.olga), { itemId, base, settings: wanted, reason: "As agreed" });
  }

  async ask(itemId: string, parameters: Record<string, string> = {}): Promise<string> {
    const digest = await this.digest(itemId);
    return (await runCheck(this.ctx(this.people.olga), { itemId, digest, parameters })).runId;
  }

  /** Asks for a run and waits for its end. */
  async run(itemId: string, parameters: Record<string, string> = {}): Promise<CheckRunRow> {
    return this.finished(await this.ask(itemId, parameters));
  }

  finished(runId: string): Promise<CheckRunRow> {
    return this.until(async () => {
      const row = await this.row(runId);
      return row.state === "finished" ? row : null;
    });
  }

  async row(runId: string): Promise<CheckRunRow> {
    const [row] = await this.db.select().from(checkRun).where(eq(checkRun.id, runId));
    if (!row) throw new Error("The test expected a run.");
    return row;
  }

  async lines(runId: string): Promise<string[]> {
    const rows = await this.db
      .select()
      .from(checkLine)
      .where(eq(checkLine.runId, runId))
      .orderBy(asc(checkLine.seq));
    return rows.map(({ text }) => text);
  }

  /** The key that the runner makes of a request for one. */
  madeKey(keyId: string): Promise<string> {
    return this.until(async () => {
      const [row] = await this.db.select().from(hostKey).where(eq(hostKey.id, keyId));
      return row?.publicKey ?? null;
    });
  }

  async agree(proposalId: string, by = this.people.rita): Promise<void> {
    const [row] = await this.db.select().from(proposal).where(eq(proposal.id, proposalId));
    await approveProposal(this.ctx(by), { proposalId, digest: row?.digest ?? "", reason: "Checked" });
  }

  async start(settings: { isLocalHostOn?: boolean; runnerId?: string } = {}): Promise<CheckRunner> {
    const { database, now, clock } = this.jobs;
    const runnerId = settings.runnerId ?? this.runnerId;
    const heartbeatAt = new Date(Date.now() + 3_600_000);
    await this.db
      .insert(runner)
      .values({ id: runnerId, host: "test", pid: process.pid, startedAt: now, heartbeatAt })
      .onConflictDoNothing();
    const parts = {
      runnerId,
      db: database.db,
      sql: database.sql,
      sealer: createSealer(this.sealKey),
      signer: certificateSigner(createSealer(this.sealKey)),
      clouds: new Map(),
      containment: await findContainment(),
      now: clock,
      wait,
    };
    const started = new CheckRunner(parts, {
      databaseAppUrl: database.appUrl,
      isLocalHostOn: settings.isLocalHostOn ?? true,
    });
    await started.start();
    this.#runner = started;
    return started;
  }

  async until<T>(look: () => Promise<T | null>): Promise<T> {
    const giveUpAt = performance.now() + 40_000;
    for (;;) {
      const found = await look();
      if (found !== null) return found;
      if (performance.now() > giveUpAt) throw new Error("It did not happen.");
      await wait(20);
    }
  }

  async close(): Promise<void> {
    await this.#runner?.stop();
    await this.jobs.close();
  }
}

export async function openCheckWorld(): Promise<CheckWorld> {
  const jobs = await openJobWorld();
  const people = {
    olga: await jobs.person("Olga", "operator"),
    otto: await jobs.person("Otto", "operator"),
    rita: await jobs.person("Rita", "reviewer"),
    max: await jobs.person("Max", "manager"),
    ada: await jobs.person("Ada", "admin"),
  };
  const by = { personId: people.olga.personId, at: jobs.now };
  return new CheckWorld(jobs, people, await addDocument(jobs.db, "docs/handoff.md", by));
}
