import { spawn } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { plainEnv } from "#server/env.ts";
import { parseJson } from "#server/domain/audit/event.ts";
import { type SignedHead, signedHeadSchema } from "#server/domain/audit/head.ts";
import { HEADS_FILE, headLines } from "./heads-file.ts";
import { LogError } from "./heads.ts";

/** A branch of its own: the repository may hold anything else beside it. */
const BRANCH = "refs/heads/countersign-heads";
const REMOTE_COPY = "refs/remotes/anchor/heads";
const TIMEOUT_MS = 60_000;
const OUTPUT_MAX_BYTES = 256 * 1024 * 1024;
/** Exit code of `git ls-remote --exit-code` where no ref matches, git-ls-remote(1). */
const NO_SUCH_REF = 2;

/** Heads kept in a git repository: one commit per push on the branch countersign-heads, never forced. */
export class GitAnchor {
  private readonly repository: string;
  private readonly remote: string;

  constructor(folder: string, remote: string) {
    this.repository = join(folder, "anchor.git");
    this.remote = remote;
  }

  /**
   * Appends what is missing there. `missing` gets the newest head that the repository holds and throws LogError when
   * the database is not its continuation; then nothing is pushed. Throws LogError when git refuses.
   */
  async push(missing: (last: SignedHead | null) => Promise<readonly SignedHead[]>): Promise<void> {
    await this.prepare();
    const kept = await this.fetch();
    const heads = await missing(kept === null ? null : lastHead(kept.content));
    const newest = heads.at(-1);
    if (newest === undefined) return;
    const blob = await this.git(
      ["hash-object", "-w", "--stdin"],
      `${kept?.content ?? ""}${headLines(heads)}`,
    );
    const tree = await this.git(["mktree"], `100644 blob ${blob.trim()}\t${HEADS_FILE}\n`);
    const parent = kept === null ? [] : ["-p", kept.commit];
    const words = `Head over ${newest.size} entries`;
    const commit = await this.git(["commit-tree", tree.trim(), ...parent, "-m", words]);
    await this.git(["push", "--quiet", "--", this.remote, `${commit.trim()}:${BRANCH}`]);
  }

  private async prepare(): Promise<void> {
    if (existsSync(this.repository)) return;
    mkdirSync(this.repository, { recursive: true, mode: 0o700 });
    await this.git(["init", "--quiet", "--bare", "--template="]);
  }

  private async fetch(): Promise<{ commit: string; content: string } | null> {
    const found = await this.run(["ls-remote", "--exit-code", "--", this.remote, BRANCH]);
    if (found.code === NO_SUCH_REF) return null;
    if (found.code !== 0) throw refusal(found.err);
    await this.git(["fetch", "--quiet", "--no-tags", "--", this.remote, `+${BRANCH}:${REMOTE_COPY}`]);
    const commit = await this.git(["rev-parse", "--verify", REMOTE_COPY]);
    const content = await this.git(["cat-file", "blob", `${commit.trim()}:${HEADS_FILE}`]);
    return { commit: commit.trim(), content };
  }

  private async git(args: readonly string[], input = ""): Promise<string> {
    const { code, out, err } = await this.run(args, input);
    if (code === 0) return out;
    throw refusal(err);
  }

  private run(args: readonly string[], input = ""): Promise<{ code: number; out: string; err: string }> {
    return new Promise((resolve, reject) => {
      const child = spawn("git", [...args], {
        cwd: this.repository,
        env: gitEnv(this.repository),
        stdio: ["pipe", "pipe", "pipe"],
        timeout: TIMEOUT_MS,
        killSignal: "SIGKILL",
      });
      const [out, err]: [Buffer[], Buffer[]] = [[], []];
      let size = 0;
      child.stdout.on("data", (chunk: Buffer) => {
        size += chunk.length;
        if (size > OUTPUT_MAX_BYTES) child.kill("SIGKILL");
        else out.push(chunk);
      });
      child.stderr.on("data", (chunk: Buffer) => err.push(chunk));
      child.once("error", (error) => reject(refusal(error.message)));
      child.once("close", (code) =>
        resolve({ code: code ?? -1, out: Buffer.concat(out).toString(), err: Buffer.concat(err).toString() }),
      );
      // A git that ended without reading says so by its code.
      child.stdin.on("error", () => undefined);
      child.stdin.end(input);
    });
  }
}

/** Nobody is there to be asked for a password, and no address may run a program (gitremote-helpers(7), ext::). */
function gitEnv(repository: string) {
  return {
    ...plainEnv(),
    GIT_DIR: repository,
    GIT_TERMINAL_PROMPT: "0",
    GIT_ALLOW_PROTOCOL: "file:https:ssh",
    GIT_AUTHOR_NAME: "Countersign",
    GIT_AUTHOR_EMAIL: "countersign@localhost",
    GIT_COMMITTER_NAME: "Countersign",
    GIT_COMMITTER_EMAIL: "countersign@localhost",
  };
}

function refusal(words: string): LogError {
  return new LogError(`git refused: ${words.trim().split("\n").at(-1)?.slice(0, 300) ?? "without a word"}`);
}

function lastHead(content: string): SignedHead {
  const line = content.trimEnd().split("\n").at(-1) ?? "";
  const parsed = signedHeadSchema.safeParse(parseJson(line));
  if (parsed.success) return parsed.data;
  throw new LogError(`The last line of ${HEADS_FILE} in the git repository is no signed head.`);
}
