import { execFile } from "node:child_process";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { PlannedShell } from "../shell/schema.ts";
import { pasteScript } from "./paste.ts";

const run = promisify(execFile);
let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "countersign-paste-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const shell = (script: string, more: Partial<PlannedShell> = {}): PlannedShell => ({
  host: { id: "h", name: "far", digest: "d", where: "ops@far", hostKeys: [] },
  account: "ops",
  script,
  environment: {},
  types: {},
  secrets: {},
  take: {},
  timeSeconds: 5,
  blockDigest: "b",
  byHand: true,
  ...more,
});

/** Pasted into a bash that reads it as it would a terminal's lines, with a line of its own behind it. */
async function paste(of: PlannedShell, environment: Record<string, string> = {}) {
  const child = run("bash", ["--noprofile", "--norc", "-s"], {
    env: {
      NODE_ENV: "test",
      PATH: process.env["PATH"] ?? "",
      HOME: folder,
      USER: "x",
      TMPDIR: folder,
      LEAKED: "leak",
      ...environment,
    },
  });
  child.child.stdin?.end(`${pasteScript(of)}echo still here\n`);
  return child;
}

it.each([
  ["quotes, dollars and here-documents", `cat <<'EOF'\nit's "$HOME" \`x\`)\nEOF\n`, `it's "$HOME" \`x\`)\n`],
  ["no newline at its end", "printf one", "one"],
  ["a text that asks for its input", "cat; echo none", "none\n"],
  ["a text that is no end of ours", "echo COUNTERSIGN_000000000000\necho )", null],
])("runs %s as it stands, and leaves the shell open", async (_what, script, printed) => {
  const { stdout, stderr } = await paste(shell(script));
  expect(stdout.endsWith("still here\n")).toBe(true);
  if (printed !== null) {
    expect(stdout).toBe(`${printed}still here\n`);
    expect(stderr).toContain("exit code: 0");
  }
  expect(await readdir(folder)).toEqual([]);
});

it("is as strict as a run, tells the exit code, and gives nothing of the shell's environment", async () => {
  const strict = await paste(shell("false | true\necho never"));
  expect(strict.stdout).toBe("still here\n");
  expect(strict.stderr).toContain("exit code: 1");
  const environment = { BLOCK_A: "a b", BLOCK_B: "it's; rm -rf $HOME" };
  const given = await paste(
    shell('printf "%s|%s|%s\\n" "$BLOCK_A" "$BLOCK_B" "${LEAKED:-none}"', { environment }),
  );
  expect(given.stdout).toBe("a b|it's; rm -rf $HOME|none\nstill here\n");
});

it("names its secrets and holds none: without the folder nothing is run", async () => {
  const of = shell('cat "$COUNTERSIGN_SECRETS/svc_password"', {
    secrets: { svc_password: "0123456789abcdef" },
  });
  expect(pasteScript(of)).not.toContain("0123456789abcdef");
  const without = await paste(of);
  expect(without.stdout).toBe("still here\n");
  expect(without.stderr).toContain("Name a private folder that holds svc_password.");
  const secrets = await mkdtemp(join(tmpdir(), "countersign-paste-"));
  await writeFile(join(secrets, "svc_password"), "of mine");
  const held = await paste(of, { COUNTERSIGN_SECRETS: secrets });
  expect(held.stdout).toBe("of minestill here\n");
  await rm(secrets, { recursive: true });
});
