import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { now } from "#server/clock.ts";
import { bytesDigest, jobRecordSchema, memberBytes, MEMBERS } from "#server/domain/evidence/bundle.ts";
import { manifestStatement } from "#server/domain/evidence/manifest.ts";
import { readTar, writeTar } from "#server/domain/evidence/tar.ts";
import { verifyBundle } from "#server/domain/evidence/verify-bundle.ts";
import { jsonSchema } from "#server/domain/plan/schema.ts";
import type { InstallationKey } from "#server/domain/audit/installation-key.ts";
import { runJob } from "#server/runner/executor.ts";
import { deriveInstallationKey } from "#server/runner/heads.ts";
import { LogKeeper } from "#server/runner/log-keeper.ts";
import { recoverJobs } from "#server/runner/recovery.ts";
import { attestByHand } from "#server/services/hand/attest.ts";
import { type Bench, openBench } from "#server/testing/runner-bench.ts";
import { fenced, GATE, writeStage } from "#server/testing/shell-runbook.ts";
import { exportEvidence, makeBundle } from "./export.ts";

const PICTURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0xff, 0x00, 0xfe]);
const STAGE =
  fenced(
    "block",
    `id: b
by: hand
kind: check
steps:
  - id: look
    do: Look at the rack.
    assignee: operator
    evidence:
      picture: { file: A picture of it }
      notes: { file: What was written down }`,
  ) + GATE;

let bench: Bench;
let folder: string;
let keeper: LogKeeper;
let key: InstallationKey;
let jobId: string;
let bundle: Buffer;

const ctx = () => ({ db: bench.database.db, actor: bench.operator, clock: now });

async function bundleOf(more: Partial<Parameters<typeof makeBundle>[2]> = {}): Promise<Buffer> {
  const asked = await exportEvidence(ctx(), { kind: "job", id: jobId });
  return makeBundle(bench.database.db, asked, { at: now(), ...more });
}

beforeAll(async () => {
  bench = await openBench();
  folder = mkdtempSync(join(tmpdir(), "countersign-files-"));
  key = deriveInstallationKey(bench.sealKey);
  keeper = new LogKeeper(
    { db: bench.database.db, key, now },
    {
      databaseAppUrl: bench.database.appUrl,
      folder,
      git: null,
      webhook: null,
      acceptRestore: null,
      wait: (ms, signal) => sleep(Math.min(ms, 50), undefined, signal ? { signal } : {}),
    },
  );
  await keeper.start();
  const tenantId = await bench.addTenant("acme", "10.20.0.0/24");
  await writeStage(bench.database.db, tenantId, STAGE);
  jobId = await bench.queue(await bench.preview(tenantId, "0"));
  await runJob(bench.parts, await bench.claim(), new AbortController());
  const { digest } = await bench.getJob(jobId);
  const files = {
    picture: { fileName: "rack.png", base64: PICTURE.toString("base64") },
    notes: { fileName: "notes.txt", base64: Buffer.from("All green\n").toString("base64") },
  };
  const given = { note: "I looked", texts: {}, files };
  await attestByHand(ctx(), { jobId, stepId: "look", digest, result: "done", given });
  for (const held of await recoverJobs(bench.parts, 10)) {
    await runJob(bench.parts, held, new AbortController());
  }
  expect(await bench.getJob(jobId)).toMatchObject({ state: "succeeded" });
  bundle = await bundleOf();
});
afterAll(async () => {
  await keeper.stop();
  await bench.close();
  rmSync(folder, { recursive: true });
});

const verdictOf = (bytes: Buffer) => verifyBundle(bytes, { heads: [], publicKey: null });

function membersOf(bytes: Buffer): Map<string, Buffer> {
  const read = readTar(bytes);
  if (read.kind === "bad") throw new Error(read.says);
  return new Map(read.members);
}

/** The bundle with other members, signed anew as only the holder of the key could. */
function resigned(change: (members: Map<string, Buffer>) => void): Buffer {
  const members = membersOf(bundle);
  change(members);
  const listed = [...members].filter(([name]) => name !== MEMBERS.manifest && name !== MEMBERS.signature);
  const manifest = memberBytes({
    ...JSON.parse(members.get(MEMBERS.manifest)?.toString() ?? ""),
    members: listed.map(([name, content]) => ({ name, bytes: content.length, sha256: bytesDigest(content) })),
  });
  members.set(MEMBERS.manifest, manifest);
  const { keyId, publicKey } = key;
  const statement = manifestStatement({ digest: bytesDigest(manifest), at: now().toISOString(), key: keyId });
  const signature = key.sign(statement);
  members.set(MEMBERS.signature, memberBytes({ at: statement.at, key: keyId, publicKey, signature }));
  return writeTar([...members].map(([name, content]) => ({ name, content })));
}

const nameOf = (members: ReadonlyMap<string, Buffer>, start: string) =>
  [...members.keys()].find((name) => name.startsWith(start)) ?? "";

/** With what the job's record says of its first file, the notes, changed. */
const withFile = (change: object) =>
  resigned((members) => {
    const name = nameOf(members, "job-");
    const record = jobRecordSchema.parse(JSON.parse(members.get(name)?.toString() ?? ""));
    const files = record.files?.map((file, at) => (at === 0 ? { ...file, ...change } : file));
    members.set(name, memberBytes(jsonSchema.parse({ ...record, files })));
  });

describe("files that people handed in", () => {
  it("are in the bundle, byte for byte, and the evidence names them", () => {
    const members = membersOf(bundle);
    const files = [...members].filter(([name]) => name.startsWith("file-")).map(([, content]) => content);
    expect(files).toEqual([Buffer.from("All green\n"), PICTURE]);
    expect(verdictOf(bundle)).toMatchObject({ kind: "whole", lacks: [] });
  });

  it("stay out of the bundle of whoever may not read what jobs print, and it says so", async () => {
    const verdict = verdictOf(await bundleOf({ isPrivate: true }));
    expect(verdict).toMatchObject({ kind: "part" });
    expect(verdict.kind === "part" ? verdict.lacks.join(" ") : "").toMatch(
      /2 of 2 files handed in with job \d+ are left out/,
    );
  });

  it.each<[string, () => Buffer, RegExp, RegExp]>([
    [
      "other bytes",
      () => resigned((members) => members.set(nameOf(members, "file-"), Buffer.from("All red\n"))),
      /^file-/,
      /is not the notes that was handed in at step look/,
    ],
    [
      "other bytes, and a record that names them",
      () => {
        const content = Buffer.from("All red\n");
        return withFile({ digest: bytesDigest(content), bytes: content.length });
      },
      /^job-/,
      /not the one that its evidence names/,
    ],
    ["no bytes", () => resigned((members) => members.delete(nameOf(members, "file-"))), /^file-/, /missing/],
    ["the bytes of another", () => withFile({ member: "file-1-2.bin" }), /^file-/, /\./],
    [
      "one that nobody handed in",
      () => resigned((members) => members.set("file-99-1.bin", Buffer.from("x"))),
      /^file-99/,
      /handed in with no job/,
    ],
  ])("with %s are found", (...row) => {
    const [, tampered, where, says] = row;
    const verdict = verdictOf(tampered());
    expect(verdict).toMatchObject({ kind: "broken" });
    if (verdict.kind !== "broken") return;
    expect(verdict.where).toMatch(where);
    expect(verdict.says).toMatch(says);
  });
});
