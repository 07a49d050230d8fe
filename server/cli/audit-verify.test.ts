import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { canonicalJson } from "#server/domain/canonical/json.ts";
import { headAt, KEY, linesOf, logOf, rehashedEntry, STRANGER } from "#server/testing/audit-log.ts";

const LOG = logOf(12);
const LINES = linesOf(LOG);
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "countersign-cli-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

const keep = (name: string, content: string | Buffer): string => {
  writeFileSync(join(folder, name), content);
  return name;
};

/** The command as a person starts it, in a folder of its own, with nothing of ours in its environment. */
function countersign(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  return new Promise((done) => {
    const main = resolve("server/cli/main.ts");
    execFile(
      process.execPath,
      [main, ...args],
      { cwd: folder, env: { NODE_ENV: "production" } },
      (error, out, err) => {
        done({ code: typeof error?.code === "number" ? error.code : 0, out, err });
      },
    );
  });
}

const text = (lines: readonly string[]) => lines.map((line) => `${line}\n`).join("");

function notText(where: string): Buffer {
  const bytes = Buffer.from(text(LINES));
  bytes[bytes.indexOf(where)] = 0xff;
  return bytes;
}

describe("countersign audit verify", () => {
  it("verifies a whole export, against heads and a key from elsewhere", async () => {
    keep("whole.jsonl", text(LINES));
    keep("heads.jsonl", text([canonicalJson(headAt(LOG, 3)), canonicalJson(headAt(LOG, 12))]));
    keep("head.json", JSON.stringify(headAt(LOG, 5), null, 2));
    keep("key.pub", `${KEY.publicKey}\n`);
    const plain = await countersign("audit", "verify", "whole.jsonl");
    expect(plain).toMatchObject({ code: 0, err: "" });
    expect(plain.out).toMatch(/whole: 12 entries of a log[\s\S]*key: {3}sha256:[\s\S]*Compare it/);
    const pinned = await countersign(
      "audit",
      "verify",
      "whole.jsonl",
      "--head",
      "heads.jsonl",
      "--key",
      "key.pub",
    );
    expect(pinned).toMatchObject({ code: 0, err: "" });
    expect(pinned.out).toContain("2 heads agree");
    expect(pinned.out).not.toContain("Compare");
    const json = await countersign("audit", "verify", "whole.jsonl", "--head=head.json", "--json");
    expect(JSON.parse(json.out)).toMatchObject({
      result: "whole",
      count: 12,
      keptHeads: 1,
      head: { size: 12 },
    });
  });

  it.each<[string, string | Buffer, number]>([
    ["an edited entry", text(LINES.with(4, (LINES[4] ?? "").replace("job-4", "job-9"))), 4],
    ["an edited entry with a fitting hash", text(LINES.with(4, rehashedEntry(LOG, 4, { objectId: "x" }))), 4],
    ["a lost entry", text(LINES.toSpliced(7, 1)), 7],
    ["an entry put in", text(LINES.toSpliced(7, 0, rehashedEntry(LOG, 7, { objectId: "x" }))), 7],
    ["two swapped entries", text(LINES.with(5, LINES[6] ?? "").with(6, LINES[5] ?? "")), 5],
    ["a cut end", text(LINES.slice(0, -3)), 10],
    ["a cut last line", text(LINES).slice(0, -5), 12],
    ["a lost last line end", text(LINES).slice(0, -1), 12],
    ["line ends of another system", text(LINES).replaceAll("\n", "\r\n"), 0],
    ["bytes that are no text", notText("job-6"), 6],
    ["a header that is none", "{}\n", 0],
    ["nothing", "", 0],
    ["two exports in one", text([...LINES, ...LINES]), 13],
    ["a line without end", Buffer.alloc(17 * 1024 * 1024, 0x61), 0],
  ])("names the first bad entry of %s", async (_what, content, seq) => {
    keep("bad.jsonl", content);
    const { code, out } = await countersign("audit", "verify", "bad.jsonl", "--json");
    expect(code).toBe(1);
    expect(JSON.parse(out)).toMatchObject({ result: "broken", firstBadSeq: seq });
    const told = await countersign("audit", "verify", "bad.jsonl");
    expect(told).toMatchObject({ code: 1, out: "" });
    expect(told.err).toMatch(/^broken: .*\.\n$/);
  });

  it("finds a log that was grown anew only with a head kept elsewhere", async () => {
    const forged = logOf(12, (seq) => (seq >= 9 ? { objectId: "forged" } : {}));
    keep("forged.jsonl", text(linesOf(forged)));
    keep("kept.jsonl", text([canonicalJson(headAt(LOG, 8)), canonicalJson(headAt(LOG, 11))]));
    expect(await countersign("audit", "verify", "forged.jsonl")).toMatchObject({ code: 0 });
    const caught = await countersign("audit", "verify", "forged.jsonl", "--head", "kept.jsonl", "--json");
    expect(caught.code).toBe(1);
    expect(JSON.parse(caught.out)).toMatchObject({ firstBadSeq: 9 });
    keep("short.jsonl", text(linesOf(logOf(10))));
    const cut = await countersign("audit", "verify", "short.jsonl", "--head", "kept.jsonl", "--json");
    expect(JSON.parse(cut.out)).toMatchObject({ result: "broken", firstBadSeq: 11 });
  });

  it("refuses an export of another installation", async () => {
    keep("stranger.jsonl", text(linesOf(LOG, [headAt(LOG, 12, STRANGER)], STRANGER)));
    keep("key.pub", KEY.publicKey);
    expect(await countersign("audit", "verify", "stranger.jsonl", "--key", "key.pub")).toMatchObject({
      code: 1,
    });
  });

  it.each([
    [["audit", "verify"], "Name one export"],
    [["audit", "verify", "a", "b"], "Name one export"],
    [["audit", "verify", "nothing.jsonl"], "cannot be read"],
    [["audit", "verify", "."], "cannot be read"],
    [["audit", "verify", "x", "--head", "nothing.jsonl"], "cannot be read"],
    [["audit", "verify", "x", "--head", "empty.txt"], "no signed head"],
    [["audit", "verify", "x", "--head", "text.txt"], "Line 1"],
    [["audit", "verify", "x", "--key", "text.txt"], "no public key"],
    [["audit", "verify", "x", "--nonsense"], "--nonsense"],
    [["audit"], "no command"],
    [["nonsense", "verify"], "no command"],
  ])("says how it is called: %j", async (args, says) => {
    keep("empty.txt", "\n");
    keep("text.txt", "hello");
    const { code, out, err } = await countersign(...args);
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(err).toContain(says);
    expect(err).toContain("usage: countersign");
  });

  it.each([[[]], [["--help"]], [["audit", "verify", "--help"]], [["audit", "verify", "-h"]]])(
    "helps: %j",
    async (args) => {
      const { code, out } = await countersign(...args);
      expect(code).toBe(0);
      expect(out).toContain("audit verify");
    },
  );
});
