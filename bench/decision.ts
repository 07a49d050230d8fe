import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import * as z from "zod";
import { accessPolicy } from "#server/domain/access-policy/access.ts";
import { readPackage } from "#server/domain/access-policy/document.ts";
import { readCheck } from "#server/domain/access-policy/request.ts";
import { generateSnapshot, snapshotText } from "#server/domain/actor/generate.ts";
import { readSnapshot } from "#server/domain/actor/snapshot.ts";
import { decideQuestion } from "#server/domain/decision/decide.ts";
import { type Figure, percentile } from "./figure.ts";

const POLICY = resolve("policies/ssh-signing.md");
const ROUNDS = 200_000;
const CEDAR_ROUNDS = 2_000;
const CONNECTIONS = 32;
const HTTP_REQUESTS = 40_000;

const REQUEST = {
  subject: { id: "iam:agt-state-hub-bridge", type: "agt", tenant: "tenant:platform" },
  action: "sign",
  resource: {
    id: "ssh-cert:actor/agt-state-hub-bridge",
    type: "ssh-certificate",
    system: "ops-warden",
    tenant: "tenant:platform",
  },
  context: {
    actor_type: "agt",
    principals: ["agt-task-bridge"],
    pubkey_fingerprint: "SHA256:4v1wJ0vXGvYtO6Jc3nSxkq0pXq4rQp0fVd3yQk8m1uE",
    ttl_hours: 2,
  },
};

/** Decisions in this process, beside Cedar's in the same run, and over HTTP with their log. */
export async function measureDecisions(): Promise<Figure[]> {
  const inProcess = measureInProcess();
  const cedar = measureCedar(inProcess.each);
  return [...inProcess.figures, ...cedar, ...(await measureHttp())];
}

function loadShipped() {
  const read = readPackage(readFileSync(POLICY, "utf8"));
  if (read.kind === "refused") throw new Error("The shipped package cannot be read.");
  const snapshot = readSnapshot(generateSnapshot(read.package.inventory ?? []));
  if (snapshot.kind === "refused") throw new Error("The registry of the measurement cannot be read.");
  return { policy: accessPolicy(snapshot.registry, read.package), snapshot: snapshot.registry.snapshot };
}

function measureInProcess(): { figures: Figure[]; each: number } {
  const { policy } = loadShipped();
  const read = readCheck(REQUEST);
  if (read.kind === "refused") throw new Error(read.says);
  const at = new Date();
  const ask = () => decideQuestion(read.value, policy, at).effect;
  if (ask() !== "allow") throw new Error("The question of the measurement is denied.");
  for (let round = 0; round < 20_000; round += 1) ask();
  const samples = new Float64Array(ROUNDS);
  const begun = performance.now();
  for (let round = 0; round < ROUNDS; round += 1) {
    const start = performance.now();
    ask();
    samples[round] = performance.now() - start;
  }
  const took = performance.now() - begun;
  const p99 = percentile([...samples], 0.99) * 1000;
  const note = `${((ROUNDS / took) * 1000).toFixed(0)} a second, p99 ${p99.toFixed(0)} us`;
  return {
    each: took / ROUNDS,
    figures: [
      {
        name: "100,000 decisions in process",
        measured: (took / ROUNDS) * 100_000,
        bound: 1000,
        unit: "ms",
        note,
      },
      { name: "decision in process, p99 of 0.1 ms", measured: p99, bound: 100, unit: "%", note },
    ],
  };
}

/** The same rule, written for Cedar. */
const CEDAR_POLICY = `permit (principal, action == Action::"sign", resource) when {
  resource.type == "ssh-certificate" && resource.system == "ops-warden" &&
  resource.allowed_subjects.contains(context.subject) && context.subject_type == resource.actor_type &&
  context.actor_type == resource.actor_type && context.pubkey_fingerprint != "" &&
  !context.principals.isEmpty() && resource.allowed_principals.containsAll(context.principals) &&
  context.ttl_hours >= 1 && context.ttl_hours <= resource.max_ttl_hours };`;

/** Policies are parsed beforehand: the fastest that Cedar answers. */
const cedarSchema = z.object({
  preparsePolicySet: z.custom<(id: string, policies: object) => unknown>((one) => typeof one === "function"),
  statefulIsAuthorized: z.custom<(call: object) => unknown>((one) => typeof one === "function"),
});
const answerSchema = z.object({ response: z.object({ decision: z.string() }) });

function measureCedar(each: number): Figure[] {
  let cedar: z.output<typeof cedarSchema>;
  try {
    cedar = cedarSchema.parse(createRequire(import.meta.url)("@cedar-policy/cedar-wasm/nodejs"));
  } catch {
    process.stdout.write("Cedar is not installed: decisions are not compared.\n");
    return [];
  }
  const { context, subject } = REQUEST;
  const uid = { type: "Resource", id: REQUEST.resource.id };
  const attrs = {
    type: "ssh-certificate",
    system: "ops-warden",
    actor_type: "agt",
    allowed_principals: ["agt-task-bridge"],
    max_ttl_hours: 24,
    allowed_subjects: ["agt-state-hub-bridge", "iam:agt-state-hub-bridge"],
  };
  const call = {
    principal: { type: "Subject", id: subject.id },
    action: { type: "Action", id: "sign" },
    resource: uid,
    context: { ...context, subject: subject.id, subject_type: subject.type },
    preparsedPolicySetId: "bench",
    validateRequest: false,
    entities: [{ uid, attrs, parents: [] }],
  };
  cedar.preparsePolicySet("bench", { staticPolicies: CEDAR_POLICY });
  const ask = () => answerSchema.parse(cedar.statefulIsAuthorized(call)).response.decision;
  if (ask() !== "allow") throw new Error("Cedar denies the question of the measurement.");
  for (let round = 0; round < 100; round += 1) ask();
  const begun = performance.now();
  for (let round = 0; round < CEDAR_ROUNDS; round += 1) ask();
  const theirs = (performance.now() - begun) / CEDAR_ROUNDS;
  return [
    {
      name: "decisions beside Cedar's",
      measured: (each / theirs) * 100,
      bound: 10,
      unit: "%",
      note: `Cedar ${(1000 / theirs).toFixed(0)} a second: ${(theirs / each).toFixed(0)} times`,
    },
  ];
}

async function measureHttp(): Promise<Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), "decisions-"));
  writeFileSync(join(folder, "registry.json"), snapshotText(loadShipped().snapshot));
  const files = [
    "--registry",
    join(folder, "registry.json"),
    "--policy",
    POLICY,
    "--log",
    join(folder, "log.jsonl"),
  ];
  const args = [resolve("server/cli/main.ts"), "decide", "serve", ...files, "--addr", "127.0.0.1:0"];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "ignore", "pipe"] });
  try {
    const port = await new Promise<number>((found, failed) => {
      child.stderr.on("data", (said: Buffer) => {
        const match = /:([0-9]+)\s*$/.exec(said.toString("utf8"));
        if (match !== null) found(Number(match[1]));
      });
      child.once("exit", () => failed(new Error("The decision service of the measurement ended.")));
    });
    await ask(port, 5_000);
    const begun = performance.now();
    const samples = await ask(port, HTTP_REQUESTS);
    const took = performance.now() - begun;
    const p99 = percentile(samples, 0.99);
    const note = `${((samples.length / took) * 1000).toFixed(0)} a second over ${CONNECTIONS} connections, each in the log first`;
    return [
      {
        name: "8,000 decisions over HTTP",
        measured: (took / samples.length) * 8000,
        bound: 1000,
        unit: "ms",
        note,
      },
      {
        name: "decision over HTTP, p99",
        measured: p99,
        bound: 10,
        unit: "ms",
        note: `p99 ${p99.toFixed(1)} ms`,
      },
    ];
  } finally {
    child.kill("SIGTERM");
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Asks so many times over kept connections, one question after the other on each; how long each took, in ms. */
async function ask(port: number, times: number): Promise<number[]> {
  const body = JSON.stringify(REQUEST);
  const message = Buffer.from(
    `POST /v1/check HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
  const samples: number[] = [];
  let left = times;
  await Promise.all(
    Array.from(
      { length: CONNECTIONS },
      () =>
        new Promise<void>((done, failed) => {
          const socket = connect(port, "127.0.0.1");
          socket.setNoDelay(true);
          let start = 0;
          let got = "";
          const next = () => {
            if (left <= 0) return void socket.end(() => done());
            left -= 1;
            start = performance.now();
            got = "";
            socket.write(message);
          };
          socket.on("connect", next);
          socket.on("error", failed);
          socket.on("data", (chunk) => {
            got += chunk.toString("latin1");
            const head = got.indexOf("\r\n\r\n");
            const length = /content-length: ([0-9]+)/i.exec(got)?.[1];
            if (head === -1 || length === undefined || got.length < head + 4 + Number(length)) return;
            if (!got.startsWith("HTTP/1.1 200") || !got.includes('"effect":"allow"'))
              return failed(new Error("The service of the measurement did not allow."));
            samples.push(performance.now() - start);
            next();
          });
        }),
    ),
  );
  return samples;
}
