import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import * as z from "zod";
import { isFinal, JOB_STATES, type JobState } from "#server/domain/job/states.ts";
import { visible } from "#server/domain/signed-operation/render.ts";
import { type Command, EXIT, type Terminal, UsageError } from "./command.ts";
import { CONSOLE_OPTIONS, ConsoleCall } from "./console-call.ts";
import { ConsoleError, consoleOrigin } from "./console-session.ts";
import { readBytesOf } from "./register-files.ts";

const USAGE = `HOST --reason TEXT --url URL --email ADDRESS [OPTIONS]

Asks a console for what brings the guests of a host to where its desired state wants them. It is previewed, shown call
by call and asked for; a second person approves it at the console, and what can lose data is signed there too.

  HOST             name of the host, as on the page of the guests
  --reason TEXT    why, for whoever approves
  --url URL        address of the console
  --email ADDRESS  who signs in; the password is asked for, or read from standard input
  --desired FILE   saves this document as the next generation first
  --stage KEY      G1: start, stop and set_config (default); G2: the next intent that can lose data;
                   G3: the next scratch guest
  --typed NAME     for what destroys: the name of the host once more
  --cloud NAME     the hypervisor, where several have a host of that name
  --wait           waits for the end of the job, as long as nobody has to be waited for longer than
  --timeout S      seconds (default 600)
  --json           answers one JSON document: host, stage, effect, says, calls, job {id, number, state, address}

Ends with 0 when it was asked for, when nothing is to be done, or, with --wait, when it succeeded;
1 when the plan is blocked, the console refuses, or the job ended otherwise; 2 when the command is
called wrongly; 3 when --wait was over before the job was.`;

const STILL_WAITING = 3;
const POLL_MS = 300;
const PLAN_MS = 120_000;

const STAGES = ["G1", "G2", "G3"] as const;

const fleetSchema = z.object({
  hosts: z.array(z.object({ id: z.string(), name: z.string(), cloud: z.object({ name: z.string() }) })),
});
const hostSchema = z.object({ desired: z.object({ generation: z.number() }).nullable() });
const planSchema = z.object({
  state: z.enum(["requested", "ready", "blocked", "failed"]),
  effect: z.enum(["read", "mutate", "destroy"]).nullable(),
  contentDigest: z.string().nullable(),
  says: z.string().nullable(),
  advice: z.string().nullable(),
  content: z
    .object({
      steps: z.array(
        z.object({
          words: z.object({ says: z.string() }),
          calls: z.array(z.object({ method: z.string(), path: z.string() })),
        }),
      ),
    })
    .nullable(),
});
const askedSchema = z.object({ jobId: z.string(), number: z.number() });
const jobSchema = z.object({ state: z.enum(JOB_STATES), outcomeSays: z.string().nullable() });

export const guestsApply: Command = {
  usage: USAGE,
  run: async (args, terminal) => {
    const asked = readOptions(args);
    const document = asked.desired === undefined ? null : await readText(asked.desired);
    try {
      return await apply(asked, document, terminal);
    } catch (error) {
      if (!(error instanceof ConsoleError)) throw error;
      terminal.complain(error.message);
      return EXIT.refused;
    }
  },
};

function readOptions(args: string[]) {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      ...CONSOLE_OPTIONS,
      reason: { type: "string" },
      desired: { type: "string" },
      stage: { type: "string", default: "G1" },
      typed: { type: "string" },
      cloud: { type: "string" },
      wait: { type: "boolean", default: false },
      timeout: { type: "string", default: "600" },
      json: { type: "boolean", default: false },
    },
  });
  const [host, ...more] = positionals;
  const { url, reason, timeout } = values;
  const stage = STAGES.find((key) => key === values.stage);
  if (host === undefined || more.length > 0) throw new UsageError("Name one host.");
  if (reason === undefined || reason.trim() === "") throw new UsageError("Say why: --reason TEXT.");
  if (url === undefined) throw new UsageError("Name the console: --url and --email.");
  if (stage === undefined) throw new UsageError(`--stage is one of ${STAGES.join(", ")}.`);
  if (!/^[1-9]\d{0,5}$/.test(timeout)) throw new UsageError("--timeout is a whole number of seconds.");
  return { ...values, host, reason, url, stage, timeoutMs: Number(timeout) * 1000 };
}

type Asked = ReturnType<typeof readOptions>;

async function readText(path: string): Promise<string> {
  if (path === "-") throw new UsageError("--desired names a file: the password comes from standard input.");
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(await readBytesOf(path));
  } catch (error) {
    if (error instanceof TypeError) throw new UsageError(`${path} is no UTF-8 text.`);
    throw error;
  }
}

async function apply(asked: Asked, document: string | null, terminal: Terminal): Promise<number> {
  const call = await ConsoleCall.begin({ url: asked.url, email: asked.email });
  const host = await findHost(call, asked);
  if (document !== null) await save(call, { tenantId: host.id, document, reason: asked.reason });
  const { planId } = await call.mutate(
    "jobs.preview",
    { tenantId: host.id, stageKey: asked.stage },
    z.object({ planId: z.string() }),
  );
  const plan = await planned(call, planId);
  if (plan.state !== "ready") {
    return tell(asked, terminal, {
      plan,
      says: [plan.says, plan.advice].filter(Boolean).join(" "),
      code: EXIT.refused,
    });
  }
  if (plan.effect === "read")
    return tell(asked, terminal, { plan, says: "Nothing is to be done.", code: EXIT.ok });
  const { jobId, number } = await call.mutate(
    "jobs.request",
    {
      planId,
      contentDigest: plan.contentDigest,
      reason: asked.reason,
      startsOnApproval: true,
      idempotencyKey: randomUUID(),
      ...(asked.typed === undefined ? {} : { typedTarget: asked.typed }),
    },
    askedSchema,
  );
  const address = `${consoleOrigin(asked.url)}/approvals/${jobId}`;
  const job = asked.wait ? await ended(call, jobId, asked.timeoutMs) : await readJob(call, jobId);
  const says = `job ${number} ${job.state} ${address}${job.outcomeSays === null ? "" : `\n${job.outcomeSays}`}`;
  const code = codeOf(job.state, asked.wait);
  return tell(asked, terminal, { plan, says, code, job: { id: jobId, number, state: job.state, address } });
}

function codeOf(state: JobState, isWaited: boolean): number {
  if (state === "succeeded") return EXIT.ok;
  if (isFinal(state)) return EXIT.refused;
  return isWaited ? STILL_WAITING : EXIT.ok;
}

async function findHost(call: ConsoleCall, { host, cloud }: Asked) {
  const { hosts } = await call.query("guests.fleet", {}, fleetSchema);
  const found = hosts.filter(
    ({ name, cloud: of }) => name === host && (cloud === undefined || of.name === cloud),
  );
  const [only] = found;
  if (only === undefined)
    throw new ConsoleError(`The console has no host ${visible(host)}. Nothing was asked for.`);
  if (found.length === 1) return only;
  const clouds = found.map(({ cloud: of }) => of.name).join(", ");
  throw new UsageError(
    visible(`Several hypervisors have a host ${host}. Say which with --cloud: ${clouds}.`),
  );
}

async function save(
  call: ConsoleCall,
  given: { tenantId: string; document: string; reason: string },
): Promise<void> {
  const { desired } = await call.query("guests.host", { tenantId: given.tenantId }, hostSchema);
  await call.mutate(
    "guests.save",
    { ...given, seenGeneration: desired?.generation ?? 0 },
    z.object({ generation: z.number() }),
  );
}

async function planned(call: ConsoleCall, planId: string) {
  const deadline = performance.now() + PLAN_MS;
  for (;;) {
    const plan = await call.query("jobs.plan", { planId }, planSchema);
    if (plan.state !== "requested") return plan;
    if (performance.now() > deadline) {
      throw new ConsoleError("The runner made no plan in time. Nothing was asked for. Is it running?");
    }
    await sleep(POLL_MS);
  }
}

const readJob = (call: ConsoleCall, jobId: string) => call.query("jobs.get", { jobId }, jobSchema);

/** The job at its end, or as it is when the time is over. */
async function ended(call: ConsoleCall, jobId: string, timeoutMs: number) {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const job = await readJob(call, jobId);
    if (isFinal(job.state) || performance.now() > deadline) return job;
    await sleep(POLL_MS);
  }
}

interface Told {
  plan: z.output<typeof planSchema>;
  says: string;
  code: number;
  job?: { id: string; number: number; state: JobState; address: string };
}

function tell({ host, stage, json }: Asked, terminal: Terminal, { plan, says, code, job }: Told): number {
  const steps = plan.content?.steps ?? [];
  const calls = steps.flatMap((step) => step.calls.map(({ method, path }) => `${method} ${path}`));
  if (json) {
    terminal.say(JSON.stringify({ host, stage, effect: plan.effect, says, calls, ...(job && { job }) }));
    return code;
  }
  const tellIt = code === EXIT.refused ? terminal.complain : terminal.say;
  steps.forEach(({ words }) => tellIt(visible(words.says)));
  calls.forEach((line) => tellIt(visible(line)));
  says.split("\n").forEach((line) => tellIt(visible(line)));
  return code;
}
