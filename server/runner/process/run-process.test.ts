import { execFileSync, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { Redactor } from "#server/domain/secret/redact.ts";
import { wait } from "../wait.ts";
import type { CapturedLine } from "./captured-lines.ts";
import { type Containment, findContainment } from "./containment.ts";
import { endLeftProcesses } from "./left-processes.ts";
import { PROCESS_LIMITS, type ProcessLimits } from "./process-limits.ts";
import { endInWords, type ProcessOutcome } from "./process-outcome.ts";
import { ProcessRefused, runProcess } from "./run-process.ts";

let strongest: Containment | null = null;
beforeAll(async () => {
  strongest = await findContainment();
});

interface Run {
  runId: string;
  outcome: Promise<ProcessOutcome>;
  text: () => string;
  lines: CapturedLine[];
  cancel: () => void;
}

interface Options {
  limits?: Partial<ProcessLimits>;
  environment?: Record<string, string>;
  secrets?: Record<string, string>;
  redactor?: Redactor;
  way?: Containment | null;
  take?: (lines: readonly CapturedLine[]) => Promise<void>;
}

function start(script: string | Uint8Array, options: Options = {}): Run {
  const stop = new AbortController();
  const lines: CapturedLine[] = [];
  const runId = randomUUID();
  const outcome = runProcess({
    runId,
    script: typeof script === "string" ? Buffer.from(script, "utf8") : script,
    environment: options.environment ?? {},
    secrets: new Map(Object.entries(options.secrets ?? {})),
    redactor: options.redactor ?? new Redactor(),
    limits: { ...PROCESS_LIMITS, timeMs: 30_000, graceMs: 200, ...options.limits },
    containment: options.way === undefined ? strongest : options.way,
    lines: options.take ?? (async (more) => void lines.push(...more)),
    signal: stop.signal,
  });
  const text = () => lines.map(({ bytes }) => bytes.toString("utf8")).join("\n");
  return { runId, outcome, text, lines, cancel: () => stop.abort() };
}

async function printed(script: string | Uint8Array, options: Options = {}) {
  const run = start(script, options);
  return { outcome: await run.outcome, text: run.text(), lines: run.lines, runId: run.runId };
}

/** Process ids whose command line holds the text. */
function commandLines(text: string): string[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .flatMap((pid) => {
      try {
        const line = readFileSync(`/proc/${pid}/cmdline`, "latin1").replaceAll("\0", " ");
        return line.includes(text) ? [line] : [];
      } catch {
        return []; // gone meanwhile
      }
    });
}

async function until(look: () => boolean): Promise<void> {
  const giveUpAt = performance.now() + 20_000;
  while (!look()) {
    if (performance.now() > giveUpAt) throw new Error("It did not happen.");
    await wait(10);
  }
}

let unique = 0;
/** A length of sleep that no other process has. */
function sleepOf(): string {
  unique += 1;
  return `6${process.pid}.${unique}`;
}

const SHAPES: readonly (readonly [string, (sleep: string) => string])[] = [
  ["in the foreground", (sleep) => `sleep ${sleep}`],
  ["&", (sleep) => `sleep ${sleep} & wait`],
  ["nohup", (sleep) => `nohup sleep ${sleep} >/dev/null 2>&1 & wait`],
  ["a pipe", (sleep) => `sleep ${sleep} | cat | cat`],
  ["trap '' TERM", (sleep) => `trap '' TERM INT HUP; sleep ${sleep}; sleep ${sleep}`],
  ["set -m", (sleep) => `set -m; sleep ${sleep} & sleep ${sleep} & wait`],
  ["setsid", (sleep) => `setsid sleep ${sleep} & wait`],
  ["a double fork", (sleep) => `( ( setsid bash -c 'trap "" TERM; sleep ${sleep}' & ) & ); sleep 30`],
  ["env -i setsid", (sleep) => `( env -i setsid sleep ${sleep} & ); sleep 30`],
  ["disown, stdout kept", (sleep) => `sleep ${sleep} & disown; sleep ${sleep} & disown -h; sleep 30`],
];

const WAYS = ["pid_namespace", "process_group"] as const;

describe.each(WAYS)("cancelled in a %s", (way) => {
  it.each(SHAPES)("leaves nothing of %s", async (_shape, script) => {
    if (way === "pid_namespace") expect(strongest).not.toBe("process_group");
    const sleep = sleepOf();
    const run = start(script(sleep), { way: way === "pid_namespace" ? strongest : way });
    await until(() => commandLines(`sleep ${sleep}`).length > 0);
    const cancelledAt = performance.now();
    run.cancel();
    const { end, survivors } = await run.outcome;
    expect(end).toEqual({ kind: "cancelled" });
    expect(survivors).toEqual([]);
    expect(commandLines(`sleep ${sleep}`)).toEqual([]);
    expect(performance.now() - cancelledAt).toBeLessThan(200 + 2_000 + 500);
  });

  it.each(SHAPES.slice(1))("leaves nothing of %s when the shell itself ends", async (_shape, script) => {
    const sleep = sleepOf();
    const text = script(sleep).replace(/ wait$|sleep 30$/, " sleep 0.2; exit 3");
    if (text === script(sleep)) return; // the shell waits for it
    const { outcome } = await printed(text, { way: way === "pid_namespace" ? strongest : way });
    expect(outcome.end).toEqual({ kind: "exited", code: 3 });
    expect(outcome.survivors).toEqual([]);
    expect(commandLines(`sleep ${sleep}`)).toEqual([]);
  });

  it("does not wait for whoever holds its output", async () => {
    const startedAt = performance.now();
    const { outcome, text } = await printed("sleep 20 & echo done; exit 0", { way });
    expect(outcome.end).toEqual({ kind: "exited", code: 0 });
    expect(text).toBe("done");
    expect(performance.now() - startedAt).toBeLessThan(8_000);
  });
});

describe("how it ended", () => {
  it.each([
    ["exit 0", { kind: "exited", code: 0 }],
    ["exit 7", { kind: "exited", code: 7 }],
    ["exit 256", { kind: "exited", code: 0 }],
    ["exit 300", { kind: "exited", code: 44 }],
    ["false; echo never", { kind: "exited", code: 1 }],
    ["false | true; echo never", { kind: "exited", code: 1 }],
    ['echo "$unset"', { kind: "exited", code: 1 }],
    ["kill -9 $$", { kind: "signalled", code: 137, signal: 9 }],
    ["kill -TERM $$", { kind: "signalled", code: 143, signal: 15 }],
    ["bash -c 'kill -9 $$' || exit 0", { kind: "exited", code: 0 }],
    ["(kill -9 $BASHPID)", { kind: "signalled", code: 137, signal: 9 }],
    ["exit 255", { kind: "exited", code: 255 }],
    ["if", { kind: "exited", code: 2 }],
    ["no-such-program", { kind: "exited", code: 127 }],
  ])("%s", async (script, end) => {
    const { outcome } = await printed(script);
    expect(outcome).toMatchObject({ end, isTruncated: false, survivors: [] });
    expect(endInWords(outcome.end, PROCESS_LIMITS)).toMatch(/^The block .*\.$/);
  });

  it("is no exit when the guard itself is killed from outside", async () => {
    const sleep = sleepOf();
    const run = start(`sleep ${sleep}`, { way: "process_group" });
    await until(() => commandLines(`sleep ${sleep}`).length > 0);
    const guard = execFileSync("pgrep", ["-f", `block .*${run.runId}`], { encoding: "utf8" })
      .trim()
      .split("\n");
    for (const pid of guard) process.kill(Number(pid), "SIGKILL");
    const { end, survivors } = await run.outcome;
    expect(end).toEqual({ kind: "not_started", code: "SIGKILL" });
    expect(survivors).toEqual([]);
    expect(commandLines(`sleep ${sleep}`)).toEqual([]);
  });
});

describe("bounds", () => {
  const small = { outputBytes: 1024 * 1024, outputLines: 5_000, lineBytes: 4_096 };

  it.each([
    ["yes", "output_lines"],
    ["while :; do echo; done", "output_lines"],
    ["head -c 100000000 /dev/zero | tr '\\0' x; sleep 30", "output_bytes"],
    ["cat /dev/urandom | tr -d '\\n'", "output_bytes"],
  ] as const)("%s is ended", async (script, limit) => {
    const { outcome, lines } = await printed(script, { limits: small });
    expect(outcome).toMatchObject({ end: { kind: "limit", limit }, isTruncated: true, survivors: [] });
    expect(lines.length).toBeLessThanOrEqual(small.outputLines);
    expect(Math.max(...lines.map(({ bytes }) => bytes.length))).toBeLessThanOrEqual(small.lineBytes);
    expect(outcome.bytes).toBeLessThanOrEqual(small.outputBytes);
  });

  it("costs little memory, whatever is printed", async () => {
    const before = process.memoryUsage().rss;
    let seen = 0;
    const run = start("yes $(head -c 1000 /dev/zero | tr '\\0' x)", {
      limits: { outputBytes: 256 * 1024 * 1024 },
      take: async (lines) => void (seen += lines.length),
    });
    expect((await run.outcome).end).toMatchObject({ kind: "limit" });
    expect(seen).toBeGreaterThan(200_000);
    expect(process.memoryUsage().rss - before).toBeLessThan(64 * 1024 * 1024);
  });

  it("cuts one long line and goes on", async () => {
    const { outcome, lines } = await printed("head -c 9000 /dev/zero | tr '\\0' x; echo; echo after", {
      limits: small,
    });
    expect(outcome).toMatchObject({ end: { kind: "exited", code: 0 }, isTruncated: true });
    expect(lines.map(({ bytes, cutBytes }) => [bytes.length, cutBytes])).toEqual([
      [4096, 4904],
      [5, 0],
    ]);
  });

  it("ends what takes too long, also when it will not listen", async () => {
    const { outcome } = await printed("trap '' TERM; sleep 30; sleep 30", { limits: { timeMs: 300 } });
    expect(outcome).toMatchObject({ end: { kind: "limit", limit: "time" }, survivors: [] });
    expect(endInWords(outcome.end, PROCESS_LIMITS)).toContain("longer than");
  });

  it.each(WAYS)("ends a fork bomb in a %s", async (way) => {
    const { outcome } = await printed("bomb() { sleep 5 & sleep 5 & bomb & sleep 0.05; bomb; }; bomb", {
      way: way === "pid_namespace" ? strongest : way,
      limits: { processes: 60 },
    });
    expect(outcome).toMatchObject({ end: { kind: "limit", limit: "processes" }, survivors: [] });
  });

  it.each([
    ["memory", "python3 -c 'x = bytearray(10 * 1024 ** 3)'", { memoryBytes: 512 * 1024 * 1024 }],
    ["one file", "head -c 2000000 /dev/zero > big", { fileBytes: 1024 * 1024 }],
    ["open files", 'for i in {10..99}; do eval "exec $i</dev/null"; done', { openFiles: 32 }],
    ["raising them again", "ulimit -Hn 4096; ulimit -n 2048 && [ $(ulimit -n) = 32 ]", { openFiles: 32 }],
  ] as const)("does not give it more than its %s", async (_what, script, limits) => {
    const { outcome } = await printed(script, { limits });
    expect(outcome.end).not.toEqual({ kind: "exited", code: 0 });
  });

  it("stops when its lines are not taken", async () => {
    const run = start("while :; do echo x; done", { take: () => Promise.reject(new Error("no room")) });
    await expect(run.outcome).rejects.toThrow("no room");
  });
});

describe("what it gets", () => {
  it("an environment of its own", async () => {
    const { text } = await printed("env | sort", { environment: { OS_CLOUD: "lab", BLOCK_NAME: "x y" } });
    const names = text.split("\n").map((line) => line.slice(0, line.indexOf("=")));
    expect(names.join(" ")).toBe(
      "BLOCK_NAME COUNTERSIGN_RUN COUNTERSIGN_SECRETS GIT_TERMINAL_PROMPT HOME LANG OS_CLOUD PAGER PATH PWD SHLVL TERM TMPDIR TZ _",
    );
  });

  it.each([
    "LD_PRELOAD",
    "BASH_ENV",
    "ENV",
    "NODE_OPTIONS",
    "PATH",
    "DATABASE_URL",
    "AUTH_SECRET",
    "os_cloud",
    "BLOCK_",
    "BLOCK_A=B",
    "IFS",
  ])("never %s", async (name) => {
    await expect(start("true", { environment: { [name]: "x" } }).outcome).rejects.toMatchObject({
      reason: "environment",
    });
  });

  it("no terminal and nobody to ask", async () => {
    const { outcome, text } = await printed(
      '[ ! -t 0 ] && [ ! -t 1 ] && echo piped; (: </dev/tty) 2>/dev/null && echo tty; read -r answer; echo "got $answer"',
    );
    expect(outcome.end).toEqual({ kind: "exited", code: 1 });
    expect(text).toBe("piped");
  });

  it("secrets as files of its own, never on a command line, masked when printed", async () => {
    const secret = `s3cr3t-${randomUUID()}`;
    const redactor = new Redactor();
    redactor.register(secret, "abcdef");
    const run = start(
      'stat -c "%a %a" "$COUNTERSIGN_SECRETS/token" "$COUNTERSIGN_SECRETS"; cat "$COUNTERSIGN_SECRETS/token"; echo; env | base64 -w0; head -c -1 "$COUNTERSIGN_SECRETS/token" >/dev/null; sleep 0.5',
      { secrets: { token: secret }, redactor },
    );
    await until(() => run.lines.length >= 3);
    expect(commandLines(secret)).toEqual([]);
    expect(commandLines("COUNTERSIGN_SECRETS")).toEqual([]);
    expect((await run.outcome).end).toEqual({ kind: "exited", code: 0 });
    expect(run.text()).toContain("600 600\n700 700\n[secret abcd]");
    expect(run.text()).not.toContain(secret);
  });

  it("masks a secret that comes in two writes", async () => {
    const redactor = new Redactor();
    redactor.register("hunter2hunter2", "1234");
    const { text } = await printed("printf hunter2; sleep 0.1; printf 'hunter2 and on\\n'", { redactor });
    expect(text).toBe("[secret 1234] and on");
  });

  it("nothing of it stays on disk", async () => {
    const { runId } = await printed("echo x > left; mkdir -p a/b; chmod 0 a; pwd", {
      secrets: { token: "abcdefgh" },
    });
    const names = [...readdirSync(tmpdir()), ...(existsSync("/dev/shm") ? readdirSync("/dev/shm") : [])];
    expect(names.filter((name) => name.includes(runId))).toEqual([]);
  });
});

describe("the text of a block", () => {
  it.each([
    ["starts with a dash", "-n 2>/dev/null || echo ran", "ran"],
    ["has a shebang of something else", "#!/bin/false\necho ran", "ran"],
    ["ends without a newline", "echo ran", "ran"],
    [
      "has here-documents with every usual terminator",
      "cat <<'EOF'\n$HOME `id`\nEOT\nEOF\necho ran",
      "$HOME `id`\nEOT\nran",
    ],
    ["has quotes and dollars", `printf '%s\\n' '$(id)' "'" '"' '\\'`, `$(id)\n'\n"\n\\`],
  ])("%s", async (_what, script, seen) => {
    const { text } = await printed(script);
    expect(text).toBe(seen);
  });

  it("is passed byte for byte", async () => {
    const script = Buffer.concat([
      Buffer.from("printf '"),
      Buffer.from([0xff, 0xfe, 0x80, 0xc3]),
      Buffer.from("'\n"),
    ]);
    const { lines } = await printed(script);
    expect(lines[0]?.bytes).toEqual(Buffer.from([0xff, 0xfe, 0x80, 0xc3]));
    const windows = await printed("echo one\r\necho two\r\n");
    expect(windows.lines.map(({ bytes }) => bytes.toString("latin1"))).toEqual(["one\r", "two\r"]);
  });

  it("may be as long as its bound", async () => {
    const tail = "echo ran";
    const script = `${"#".repeat(PROCESS_LIMITS.scriptBytes - tail.length - 1)}\n${tail}`;
    expect((await printed(script)).text).toBe("ran");
  });

  const secretive = new Redactor();
  secretive.register("hunter2hunter2", "1234");
  it.each([
    ["empty", "", {}, "empty"],
    ["with NUL", "echo a\0b", {}, "nul"],
    ["too long", "#".repeat(PROCESS_LIMITS.scriptBytes + 1), {}, "too_large"],
    ["with a secret in it", "login -p hunter2hunter2", { redactor: secretive }, "secret_in_script"],
    [
      "with a secret in base64 in it",
      `echo ${Buffer.from("hunter2hunter2").toString("base64")} | base64 -d`,
      { redactor: secretive },
      "secret_in_script",
    ],
    [
      "with a secret in its environment",
      "true",
      { redactor: secretive, environment: { OS_PASSWORD: "hunter2hunter2" } },
      "environment",
    ],
    ["with a secret's file elsewhere", "true", { secrets: { "../x": "abcdefgh" } }, "secret_name"],
    ["on a host that cannot contain it", "true", { way: null }, "no_containment"],
  ] as const)("%s is refused", async (...[, script, options, reason]) => {
    const { outcome } = start(script, options);
    await expect(outcome).rejects.toBeInstanceOf(ProcessRefused);
    await expect(outcome).rejects.toMatchObject({ reason });
    await expect(outcome).rejects.toThrow(/Nothing was started\.$/);
  });
});

describe("the runner is killed while a block runs", () => {
  const RUN = `
    import { Redactor } from "#server/domain/secret/redact.ts";
    import { PROCESS_LIMITS } from "#server/runner/process/process-limits.ts";
    import { runProcess } from "#server/runner/process/run-process.ts";
    const [runId, containment, script] = process.argv.slice(2);
    await runProcess({
      runId, containment, script: Buffer.from(script), environment: {}, secrets: new Map(), redactor: new Redactor(),
      limits: PROCESS_LIMITS, lines: async () => undefined, signal: new AbortController().signal,
    });`;

  it.each(WAYS)("in a %s: nothing runs on unseen", async (way) => {
    const sleep = sleepOf();
    const folder = mkdtempSync(join(resolve("node_modules"), ".block-"));
    const file = join(resolve("server/runner/process"), `.killed-${process.pid}-${way}.ts`);
    const runId = randomUUID();
    try {
      writeFileSync(file, RUN);
      const containment = way === "pid_namespace" ? (strongest ?? way) : way;
      const script = `setsid sleep ${sleep} & sleep ${sleep}`;
      const child = spawn(process.execPath, [file, runId, containment, script], { stdio: "ignore" });
      await until(
        () => commandLines(`sleep ${sleep}`).filter((line) => line.startsWith("sleep")).length === 2,
      );
      const exited = once(child, "exit");
      child.kill("SIGKILL");
      await exited;
      if (way === "pid_namespace") await until(() => commandLines(`sleep ${sleep}`).length === 0);
      expect(await endLeftProcesses((other) => other !== runId)).toEqual([runId]);
      expect(commandLines(`sleep ${sleep}`)).toEqual([]);
      expect(await endLeftProcesses((other) => other !== runId)).toEqual([]);
    } finally {
      rmSync(file, { force: true });
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
