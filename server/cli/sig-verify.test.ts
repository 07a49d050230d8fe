import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readSignatureVectors } from "#server/testing/signature-vectors.ts";
import { ed25519Signer, NAMESPACE, securityKeySigner } from "#server/testing/ssh-signer.ts";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "countersign-sig-"));
  mkdirSync(join(folder, "a-folder"));
});
afterAll(() => rmSync(folder, { recursive: true }));

const keep = (name: string, content: string | Buffer): string => {
  writeFileSync(join(folder, name), content);
  return name;
};

/** The command as a person starts it: a folder of its own, a foreign time zone, nothing of ours in its environment. */
function sigVerify(message: Uint8Array | string, ...args: string[]) {
  return new Promise<{ code: number | null; out: string; err: string }>((done, fail) => {
    const child = spawn(process.execPath, [resolve("server/cli/main.ts"), "sig", "verify", ...args], {
      cwd: folder,
      env: { NODE_ENV: "production", TZ: "Pacific/Kiritimati" },
    });
    const [out, err]: [Buffer[], Buffer[]] = [[], []];
    child.stdout.on("data", (chunk: Buffer) => out.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => err.push(chunk));
    child.once("error", fail);
    // Refused before it was read, the message has nowhere to go.
    child.stdin.on("error", () => {});
    child.once("close", (code) =>
      done({ code, out: Buffer.concat(out).toString(), err: Buffer.concat(err).toString() }),
    );
    child.stdin.end(message);
  });
}

const operator = ed25519Signer();
const MESSAGE = '{"a":1}\n';

function files(signature: string, list = `olivia@corp ${operator.line}\n`) {
  return ["-f", keep("allowed", list), "-I", "olivia@corp", "-n", NAMESPACE, "-s", keep("sig", signature)];
}

describe("countersign sig verify", () => {
  const { vectors } = readSignatureVectors();
  it.each(
    vectors.filter(({ id }) =>
      [
        "armor-crlf",
        "empty-message",
        "ed25519-sk-up-uv",
        "binary-blob-no-armor",
        "oversize-1mib",
        "namespace-nul",
        "al-valid-window-local",
        "al-bom",
        "al-after-window",
        "webauthn-flags-0",
        "cert-signed-ca-listed",
      ].includes(id),
    ),
  )("$id", async ({ armored, message, allowedSigners, principal, namespace, verifyTime, ours }) => {
    const list = keep("allowed", allowedSigners);
    const signature = keep("sig", Buffer.from(armored, "latin1"));
    const args = ["-f", list, "-I", principal, "-n", namespace, "-s", signature, "--json"];
    const { code, out } = await sigVerify(message, ...args, "-O", `verify-time=${verifyTime}`);
    expect(JSON.parse(out)).toMatchObject(
      ours.result === "accept" ? { ...ours, error: null, code: null } : ours,
    );
    expect(code).toBe(ours.result === "accept" ? 0 : 255);
  });

  it("answers people as ssh-keygen does", async () => {
    const good = await sigVerify(MESSAGE, ...files(operator.sign(MESSAGE)));
    expect(good.out).toMatch(
      /^Good "countersign-op-v1" signature for olivia@corp with ED25519 key SHA256:\S{43}\n$/,
    );
    expect(good).toMatchObject({ code: 0, err: "" });
    const bad = await sigVerify(`${MESSAGE} `, ...files(operator.sign(MESSAGE)));
    expect(bad).toMatchObject({ code: 255, out: "Could not verify signature.\n" });
    expect(bad.err).toContain("ErrBadSignature SIGNATURE_INVALID: ");
  });

  it("judges at the time that is named", async () => {
    const list = `olivia@corp valid-before="20300101Z" ${operator.line}\n`;
    const args = files(operator.sign(MESSAGE), list);
    expect(await sigVerify(MESSAGE, ...args, "--time", "20300101000000Z")).toMatchObject({ code: 0 });
    expect(await sigVerify(MESSAGE, ...args, "--time", "2030-01-01T00:00:01Z")).toMatchObject({ code: 255 });
    const past = files(operator.sign(MESSAGE), list.replace("2030", "2020"));
    expect(await sigVerify(MESSAGE, ...past)).toMatchObject({ code: 255 });
  });

  it("takes what is asked of security keys and browsers", async () => {
    const key = securityKeySigner("ecdsa");
    const list = `olivia@corp ${key.line}\n`;
    const touched = files(key.sign(MESSAGE), list);
    expect(await sigVerify(MESSAGE, ...touched)).toMatchObject({ code: 0 });
    const strict = await sigVerify(MESSAGE, ...touched, "--require-verification", "--json");
    expect(JSON.parse(strict.out)).toMatchObject({ code: "SK_NO_USER_VERIFICATION" });
    const browser = files(key.sign(MESSAGE, { browser: { origin: "https://console.example" } }), list);
    const closed = await sigVerify(MESSAGE, ...browser, "--json");
    expect(JSON.parse(closed.out)).toMatchObject({ code: "WEBAUTHN_ORIGIN" });
    const open = ["--origin", "https://other.example", "--origin", "https://console.example"];
    expect(await sigVerify(MESSAGE, ...browser, ...open)).toMatchObject({ code: 0 });
  });

  it.each([
    ["-s", "nowhere", { error: "ErrMalformed", code: "SIGNATURE_UNREADABLE" }],
    ["-s", "a-folder", { error: "ErrMalformed", code: "SIGNATURE_UNREADABLE" }],
    ["-f", "nowhere", { error: "ErrUnknownSigner", code: "ALLOWLIST_UNREADABLE" }],
  ])("refuses %s %s", async (option, path, fault) => {
    const args = files(operator.sign(MESSAGE));
    args[args.indexOf(option) + 1] = path;
    const verdict = await sigVerify(MESSAGE, ...args, "--json");
    expect(JSON.parse(verdict.out)).toMatchObject({ result: "reject", ...fault });
    expect(verdict.code).toBe(255);
  });

  it.each<[string, (args: string[]) => string[]]>([
    ["no identity", (args) => args.toSpliced(2, 2)],
    ["no list", (args) => args.toSpliced(0, 2)],
    ["no namespace", (args) => args.toSpliced(4, 2)],
    ["no signature", (args) => args.toSpliced(6, 2)],
    ["an empty identity", (args) => args.with(3, "")],
    ["an unknown option", (args) => [...args, "--trust-everything"]],
    ["another -O", (args) => [...args, "-O", "print-pubkey"]],
    ["a local time", (args) => [...args, "--time", "20300101"]],
    ["an impossible time", (args) => [...args, "--time", "20300230Z"]],
    ["two times", (args) => [...args, "--time", "20300101Z", "-Overify-time=20300101Z"]],
    ["a revocation file", (args) => [...args, "-r", "revoked"]],
    ["an argument", (args) => [...args, "message.txt"]],
  ])("is called wrongly with %s", async (_what, change) => {
    const { code, out, err } = await sigVerify(MESSAGE, ...change(files(operator.sign(MESSAGE))));
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(err).toContain("usage: countersign sig verify");
  });
});
