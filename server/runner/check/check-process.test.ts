import { execFileSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { HostContent, SshHost } from "#server/domain/host/host.ts";
import { Redactor } from "#server/domain/secret/redact.ts";
import { openSshd, type Sshd } from "#server/testing/sshd.ts";
import { type Containment, findContainment } from "../process/containment.ts";
import { wait } from "../wait.ts";
import { type BlockGiven, runBlock } from "./check-process.ts";

let sshd: Sshd;
let strongest: Containment | null;
let sshKey: string;
let folder: string;

beforeAll(async () => {
  strongest = await findContainment();
  sshd = await openSshd();
  folder = mkdtempSync(join(tmpdir(), "countersign-key-"));
  execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", join(folder, "key")]);
  sshKey = readFileSync(join(folder, "key"), "utf8");
  sshd.trust(readFileSync(join(folder, "key.pub"), "utf8").trim());
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await sshd.close();
});

const common = { aliases: [], denied: [], environment: [], isRetired: false };
const local: HostContent = { kind: "local", ...common };
const remote = (change: Partial<SshHost> = {}): HostContent => ({
  kind: "ssh",
  ...common,
  address: "127.0.0.1",
  port: sshd.port,
  user: sshd.user,
  hostKeys: [sshd.hostKey],
  keyId: randomUUID(),
  ...change,
});

function start(script: string, host: HostContent, change: Partial<BlockGiven> = {}) {
  const stop = new AbortController();
  const runId = randomUUID();
  const lines: string[] = [];
  const redactor = new Redactor();
  redactor.register(sshKey, "abcd1234");
  const end = runBlock({
    runId,
    script,
    environment: {},
    timeSeconds: 60,
    host,
    sshKey,
    redactor,
    containment: strongest,
    lines: async (more) =>
      void lines.push(...more.map(({ stream, bytes }) => `${stream}: ${bytes.toString("utf8")}`)),
    signal: stop.signal,
    ...change,
  });
  return { runId, end, lines, cancel: () => stop.abort() };
}

async function run(script: string, host: HostContent, change: Partial<BlockGiven> = {}) {
  const { end, lines } = start(script, host, change);
  return { ...(await end), lines };
}

/** Command lines of this machine that hold a text. */
const running = (text: string): string[] =>
  readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .flatMap((pid) => {
      try {
        const line = readFileSync(`/proc/${pid}/cmdline`, "latin1").replaceAll("\0", " ");
        return line.includes(text) ? [line] : [];
      } catch {
        return []; // gone meanwhile
      }
    });

async function until(look: () => boolean): Promise<void> {
  const giveUpAt = performance.now() + 20_000;
  while (!look()) {
    if (performance.now() > giveUpAt) throw new Error("It did not happen.");
    await wait(10);
  }
}

/** What masking holds back, so as not to show the first half of a secret, comes out with what follows. */
const BEGUN = "echo begun; printf '%4000s\\n' ''";

let unique = 0;
const sleepOf = () => `7${process.pid}.${(unique += 1)}`;

describe.each<[string, () => HostContent]>([
  ["on this machine", () => local],
  ["over SSH", () => remote()],
])("a block %s", (_where, host) => {
  it("prints on both streams and ends with its own code", async () => {
    const { lines, ...end } = await run("echo out; echo err >&2; exit 7", host());
    expect(end).toEqual({
      ending: "exited",
      exitCode: 7,
      says: "The block ended with 7.",
      isTruncated: false,
      hasBegun: true,
    });
    expect(lines.toSorted()).toEqual(["stderr: err", "stdout: out"]);
  });

  it.each<[string, string, number]>([
    ["a command that fails", "false; echo further", 1],
    ["a pipe whose first part fails", "false | cat; echo further", 1],
    ["a name that is not set", "echo $NOT_SET; echo further", 1],
  ])("ends at %s", async (_what, script, code) => {
    const end = await run(script, host());
    expect(end).toMatchObject({ ending: "exited", exitCode: code });
    expect(end.lines).not.toContain("stdout: further");
  });

  it("cannot read the rest of itself, nor wait for anybody's input", async () => {
    const { lines, exitCode } = await run("cat; read -r line || echo none; echo last", host());
    expect(lines).toEqual(["stdout: none", "stdout: last"]);
    expect(exitCode).toBe(0);
  });

  it.each([
    [
      "quotes and dollars",
      `printf '%s\\n' "it's" '$HOME' "\\"x\\"" '\`id\`'`,
      ["it's", "$HOME", '"x"', "`id`"],
    ],
    ["a heredoc with likely ends", "cat <<'EOF'\n}\nEOF\necho '}'", ["}", "}"]],
    ["what is not ASCII", "printf '%s\\n' 'd\u00e9j\u00e0 \u2026'", ["d\u00e9j\u00e0 \u2026"]],
    ["a line that goes on", "echo one \\\n  two", ["one two"]],
    ["no end of line", "printf last", ["last"]],
  ])("is run byte for byte: %s", async (_what, script, printed) => {
    const { lines, exitCode } = await run(script, host());
    expect(lines).toEqual(printed.map((line) => `stdout: ${line}`));
    expect(exitCode).toBe(0);
  });

  it("gets parameters by environment alone, whatever they hold, and nothing of the runner's", async () => {
    process.env["DATABASE_SECRET"] = "never";
    const value = `'; echo no; "$(echo no)" \\`;
    const { lines } = await run('printf "%s\\n" "$BLOCK_ONE"; env', host(), {
      environment: { BLOCK_ONE: value },
    });
    delete process.env["DATABASE_SECRET"];
    expect(lines[0]).toBe(`stdout: ${value}`);
    const names = lines.slice(1).map((line) => line.slice("stdout: ".length).split("=")[0] ?? "");
    const ours = new Set(
      "BLOCK_ONE COUNTERSIGN_BLOCK COUNTERSIGN_RUN COUNTERSIGN_SECRETS GIT_TERMINAL_PROMPT HOME LANG LOGNAME OLDPWD PAGER PATH PWD SHELL SHLVL TERM TMPDIR TZ USER _".split(
        " ",
      ),
    );
    expect(names.filter((name) => !ours.has(name))).toEqual([]);
    expect(names.some((name) => name.startsWith("COUNTERSIGN_"))).toBe(true);
  });

  it("that is cancelled leaves nothing running", async () => {
    const sleep = sleepOf();
    const shapes = `trap '' TERM; sleep ${sleep} & nohup sleep ${sleep} >/dev/null 2>&1 & setsid sleep ${sleep} & (set -m; sleep ${sleep} & ) ; ${BEGUN}; sleep ${sleep}`;
    const { end, lines, cancel } = start(shapes, host());
    await until(() => lines.includes("stdout: begun") && running(sleep).length >= 4);
    cancel();
    expect(await end).toMatchObject({ ending: "cancelled", exitCode: null });
    await until(() => running(sleep).length === 0);
  });

  it("that takes too long is ended, with everything of it", async () => {
    const sleep = sleepOf();
    const end = await run(`setsid sleep ${sleep} & sleep ${sleep}`, host(), { timeSeconds: 1 });
    expect(end).toMatchObject({
      ending: "limit",
      says: "The block was ended: it ran longer than 1 seconds.",
    });
    await until(() => running(sleep).length === 0);
  });

  it("that prints without end is ended", async () => {
    const end = await run("yes", host());
    expect(end).toMatchObject({ ending: "limit", isTruncated: true });
    expect(end.lines.length).toBeLessThanOrEqual(50_001);
  });

  it("ends when it ends, and takes what it started in the background along", async () => {
    const sleep = sleepOf();
    const started = performance.now();
    const end = await run(`setsid sleep ${sleep} & echo done`, host());
    expect(end).toMatchObject({ ending: "exited", exitCode: 0, lines: ["stdout: done"] });
    expect(performance.now() - started).toBeLessThan(15_000);
    await until(() => running(sleep).length === 0);
  });

  it("whose text holds a sealed value is not started", async () => {
    const redactor = new Redactor();
    redactor.register("correct-horse-battery", "abcd");
    const end = await run("echo correct-horse-battery", host(), { redactor });
    expect(end).toMatchObject({ ending: "not_started", exitCode: null, lines: [] });
  });

  it("that prints a sealed value prints a mark", async () => {
    const redactor = new Redactor();
    redactor.register("correct-horse-battery", "abcd1234");
    const { lines } = await run("echo correct-horse- | tr -d '\\n'; echo battery", host(), { redactor });
    expect(lines).toEqual(["stdout: [secret abcd]"]);
  });
});

describe("over SSH", () => {
  it("signs in as the account of the host, on the machine itself", async () => {
    const { lines } = await run('id -un; echo "$HOME"', remote());
    expect(lines[0]).toBe(`stdout: ${sshd.user}`);
    expect(lines[1]).not.toContain("countersign-run");
  });

  it("a block's own 255 is not taken for a lost connection", async () => {
    expect(await run("exit 255", remote())).toMatchObject({ ending: "exited", exitCode: 254 });
  });

  it.each<[string, () => Partial<SshHost>, RegExp]>([
    ["another host key", () => ({ hostKeys: [otherKey()] }), /Host key verification failed|identification/i],
    ["an account that does not know the key", () => ({ user: "nobody-of-that-name" }), /Permission denied/],
    ["a port where nobody listens", () => ({ port: 1 }), /refused/],
    ["a name that is none", () => ({ address: "no-such-host.invalid" }), /resolve/],
  ])("%s is refused, and nothing runs", async (_what, change, why) => {
    const mark = join(folder, `ran-${unique}`);
    const end = await run(`touch ${mark}; echo ran`, remote(change()));
    expect(end).toMatchObject({ ending: "unreachable", exitCode: null });
    expect(end.lines.join("\n")).toMatch(why);
    expect(readdirSync(folder).filter((name) => name.startsWith("ran-"))).toEqual([]);
  });

  it("without the key the host does not open, whatever else this account has", async () => {
    const stranger = join(folder, "stranger");
    execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", stranger]);
    const end = await run("echo ran", remote(), { sshKey: readFileSync(stranger, "utf8") });
    expect(end.ending).toBe("unreachable");
    expect(await run("echo ran", remote(), { sshKey: null })).toMatchObject({ ending: "not_started" });
  });

  it("the key stands on no command line, in no output and in no file afterwards", async () => {
    const body = sshKey.split("\n")[1] ?? "";
    const { runId, end, lines, cancel } = start(`${BEGUN}; sleep 600`, remote());
    await until(() => lines.includes("stdout: begun"));
    expect(running(body.slice(0, 30))).toEqual([]);
    expect(running("ssh_key").every((line) => !line.includes(body))).toBe(true);
    expect(leftFolders(runId)).toHaveLength(2);
    cancel();
    await end;
    expect(leftFolders(runId)).toEqual([]);
  });

  it("a key that a block prints is masked", async () => {
    const path = join(folder, "key");
    const { lines } = await run(`cat ${path}`, remote());
    expect(lines.length).toBeGreaterThan(3);
    expect(lines.join("\n")).not.toContain((sshKey.split("\n")[2] ?? "").slice(0, 40));
  });

  it("when the connection is cut, the block ends on the other machine", async () => {
    const sleep = sleepOf();
    const { end, lines } = start(`setsid sleep ${sleep} & ${BEGUN}; sleep ${sleep}`, remote());
    await until(() => lines.includes("stdout: begun"));
    for (const pid of clientsOf(sshd.port)) process.kill(pid, "SIGKILL");
    expect(await end).toMatchObject({ exitCode: expect.anything() });
    await until(() => running(sleep).length === 0);
  });
});

const leftFolders = (runId: string) =>
  ["/dev/shm", tmpdir()].flatMap((place) => readdirSync(place).filter((name) => name.includes(runId)));

/** Process ids of ssh clients that talk to this port. */
const clientsOf = (port: number): number[] =>
  readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        const line = readFileSync(`/proc/${pid}/cmdline`, "latin1").split("\0");
        return line[0] === "ssh" && line.includes(String(port)) ? [Number(pid)] : [];
      } catch {
        return []; // gone meanwhile
      }
    });

function otherKey(): string {
  const path = join(folder, `other-${(unique += 1)}`);
  execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", path]);
  return readFileSync(`${path}.pub`, "utf8").split(" ").slice(0, 2).join(" ");
}
