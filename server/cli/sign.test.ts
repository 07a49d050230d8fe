import { execFileSync, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { eq } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { passkey } from "#db/schema/passkey.ts";
import { downloadOperation } from "#server/api/operation-download.ts";
import { canonicalOperation } from "#server/domain/signed-operation/envelope.ts";
import { verifySignedOperation } from "#server/domain/signed-operation/verify.ts";
import type { JobWorld } from "#server/testing/jobs.ts";
import { sampleOperation, signerOf } from "#server/testing/signed-operations.ts";
import { NAMESPACE } from "#server/testing/ssh-signer.ts";
import { browserOf, closeWeb, openWeb } from "#server/testing/web.ts";

const PASSWORD = "correct horse battery";
let folder: string;
let world: JobWorld;
let server: Server;
let origin: string;
let jobId: string;
let cookie: string;
let operator: Awaited<ReturnType<typeof browserOf>>;

/** The console's own download, behind a sign-in that knows one person. */
async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { pathname } = new URL(request.url ?? "", origin);
  if (pathname === "/api/auth/csrf") {
    response.setHeader("set-cookie", ["csrf=1; Path=/; HttpOnly"]).end('{"csrfToken":"token"}');
    return;
  }
  if (pathname === "/api/auth/callback/password") {
    const chunks: Buffer[] = [];
    for await (const chunk of request) if (chunk instanceof Uint8Array) chunks.push(Buffer.from(chunk));
    const form = new URLSearchParams(Buffer.concat(chunks).toString());
    const isRight =
      form.get("email") === "olga@corp" &&
      form.get("password") === PASSWORD &&
      form.get("csrfToken") === "token" &&
      request.headers.cookie === "csrf=1";
    if (isRight) response.setHeader("set-cookie", `${cookie}; Path=/; HttpOnly`);
    response.end("{}");
    return;
  }
  if (pathname === "/api/jobs/elsewhere/operation") {
    response.writeHead(302, { location: "https://evil.example/" }).end();
    return;
  }
  if (pathname === "/api/jobs/broken/operation") {
    response.writeHead(500).end("<h1>\x1b[2J</h1>");
    return;
  }
  const id = decodeURIComponent(pathname.split("/")[3] ?? "");
  const headers = { cookie: request.headers.cookie ?? "" };
  const made = await downloadOperation(new Request(`${origin}${pathname}`, { headers }), id);
  response
    .writeHead(made.status, Object.fromEntries(made.headers))
    .end(Buffer.from(await made.arrayBuffer()));
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "countersign-sign-"));
  const keygen = (...args: string[]) =>
    execFileSync("ssh-keygen", ["-q", "-N", "", ...args], { cwd: folder });
  keygen("-t", "ed25519", "-f", "key");
  keygen("-t", "rsa", "-b", "2048", "-f", "weak");
  world = await openWeb();
  operator = await browserOf(world, "operator");
  cookie = operator.cookie;
  jobId = (await world.request(operator.actor, { change: (made) => ({ ...made, effect: "destroy" }) })).id;
  server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => response.writeHead(599).end(String(error)));
  });
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  const address = server.address();
  origin = `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}`;
});
afterAll(async () => {
  await new Promise((closed) => server.close(closed));
  await closeWeb(world);
  rmSync(folder, { recursive: true });
});

function countersign(input: string, ...args: string[]) {
  return new Promise<{ code: number | null; out: string; err: string }>((done, fail) => {
    const child = spawn(process.execPath, [resolve("server/cli/main.ts"), "sign", ...args], {
      cwd: folder,
      env: { NODE_ENV: "production", PATH: process.env["PATH"], HOME: folder },
    });
    const [out, err]: [Buffer[], Buffer[]] = [[], []];
    child.stdout.on("data", (chunk: Buffer) => out.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => err.push(chunk));
    child.once("error", fail);
    child.stdin.on("error", () => {});
    child.once("close", (code) =>
      done({ code, out: Buffer.concat(out).toString(), err: Buffer.concat(err).toString() }),
    );
    child.stdin.end(input);
  });
}

/** An operation that has not expired on this machine's clock. */
function kept(name: string, change: (text: string) => string = (text) => text): string {
  const at = (ms: number) => new Date(Date.now() + ms).toISOString();
  const operation = sampleOperation({ issued_at: at(-1000), expires_at: at(600_000) });
  writeFileSync(join(folder, name), change(Buffer.from(canonicalOperation(operation)).toString()));
  return name;
}

const pub = (name: string) => readFileSync(join(folder, `${name}.pub`), "utf8");

function verify(armored: string, message: Uint8Array, hostId: string) {
  const given = { armored, message, namespace: NAMESPACE, signers: [signerOf(pub("key"))], hostId };
  return verifySignedOperation({ ...given, now: new Date() });
}

describe("countersign sign --bytes", () => {
  it("shows the operation and prints a signature over exactly its bytes", async () => {
    const name = kept("operation.json");
    const { code, out, err } = await countersign("", "--bytes", name, "--key", "key", "--yes");
    expect({ code, err }).toEqual({ code: 0, err: expect.stringContaining("operation   guest_destroy") });
    const verdict = await verify(out, readFileSync(join(folder, name)), "cloud-1");
    expect(verdict.kind).toBe("verified");
  });

  it("writes the signature to a new file and to no other", async () => {
    const args = ["--bytes", kept("file.json"), "--key", "key", "--yes", "-o", "new.sig"];
    expect(await countersign("", ...args)).toMatchObject({ code: 0, out: "" });
    const armored = readFileSync(join(folder, "new.sig"), "utf8");
    expect((await verify(armored, readFileSync(join(folder, "file.json")), "cloud-1")).kind).toBe("verified");
    const again = await countersign("", ...args);
    expect(again).toMatchObject({
      code: 2,
      err: expect.stringContaining("new.sig cannot be written (EEXIST)"),
    });
    expect(readFileSync(join(folder, "new.sig"), "utf8")).toBe(armored);
  });

  it("signs for the purpose that is named", async () => {
    const name = kept("named.json");
    const args = ["--bytes", name, "--key", "key", "--yes", "--namespace", "other-op-v1"];
    const { out } = await countersign("", ...args);
    const verdict = await verify(out, readFileSync(join(folder, name)), "cloud-1");
    expect(verdict).toMatchObject({ error: "ErrNamespace" });
  });

  it.each<[string, (text: string) => string, string]>([
    ["a line end", (text) => `${text}\n`, "not one operation"],
    ["a member twice", (text) => text.replace('"op":', '"op":"start","op":'), "not one operation"],
    ["nothing", () => "", "not one operation"],
    ["a picture", () => "\x89PNG", "not one operation"],
    ["too much", (text) => text + " ".repeat(70_000), "not one operation"],
    [
      "an operation of yesterday",
      () =>
        Buffer.from(
          canonicalOperation(
            sampleOperation({ issued_at: "2020-01-15T12:00:00Z", expires_at: "2020-01-15T12:10:00Z" }),
          ),
        ).toString(),
      "has expired",
    ],
  ])("signs nothing of %s", async (_what, change, says) => {
    const args = ["--bytes", kept("bad.json", change), "--key", "key", "--yes", "-o", "bad.sig"];
    const { code, out, err } = await countersign("", ...args);
    expect({ code, out }).toEqual({ code: 1, out: "" });
    expect(err).toContain(says);
    expect(existsSync(join(folder, "bad.sig"))).toBe(false);
  });

  it.each([
    ["weak", "fewer than 3072 bits"],
    ["nowhere", "ssh-keygen made no signature"],
    ["weak.json", "ssh-keygen made no signature"],
  ])("hands out no signature with the key %s", async (key, says) => {
    const { code, out, err } = await countersign("", "--bytes", kept("weak.json"), "--key", key, "--yes");
    expect({ code, out }).toEqual({ code: 1, out: "" });
    expect(err).toContain(says);
  });

  it("shows what would happen and signs nothing where nobody can be asked", async () => {
    const { code, out, err } = await countersign("yes\n", "--bytes", kept("asked.json"), "--key", "key");
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(err).toContain("operation   guest_destroy");
    expect(err).toContain("add --yes");
  });
});

describe("countersign sign JOB", () => {
  const from = (...args: string[]) => [
    ...args,
    "--url",
    origin,
    "--email",
    "olga@corp",
    "--key",
    "key",
    "--yes",
  ];

  it("downloads the bytes, shows them and signs them", async () => {
    const { code, out, err } = await countersign(`${PASSWORD}\n`, ...from(jobId));
    expect({ code, err }).toEqual({
      code: 0,
      err: expect.stringMatching(/operation {3}\w+[\s\S]*digest: sha256:/),
    });
    expect(err).not.toContain(PASSWORD);
    expect(err).toContain(`Paste the signature at ${origin}/approvals/${jobId} in a browser. It asks for`);
    const bytes = await downloadOperation(new Request(origin, { headers: { cookie } }), jobId);
    const message = new Uint8Array(await bytes.arrayBuffer());
    const { target } = JSON.parse(Buffer.from(message).toString());
    expect((await verify(out, message, target.host_id)).kind).toBe("verified");
  });

  it("tells whoever has a passkey that it is asked for, and where", async () => {
    const { personId } = operator;
    const id = randomUUID();
    const made = { credentialId: id, publicKey: Buffer.alloc(1), counter: 0, transports: [] };
    await world.db.insert(passkey).values({ id, personId, ...made, name: "Key", createdAt: world.now });
    const { code, out, err } = await countersign(`${PASSWORD}\n`, ...from(jobId));
    await world.db.update(passkey).set({ removedAt: world.now }).where(eq(passkey.id, id));
    expect({ code, out }).toEqual({ code: 0, out: expect.stringContaining("BEGIN SSH SIGNATURE") });
    expect(err).toContain("You have a passkey, so the page asks for it first: your password alone hands");
  });

  it.each<[string, string, () => string[], string]>([
    ["a wrong password", "wrong\n", () => from(jobId), "refused this address and password"],
    [
      "a job that is none",
      `${PASSWORD}\n`,
      () => from("3f1c9b0a-0000-4000-8000-000000000000"),
      "answered 404: ",
    ],
    ["a job outside of the jobs", `${PASSWORD}\n`, () => from("../../etc/passwd"), "answered 400: "],
    ["a console that sends elsewhere", `${PASSWORD}\n`, () => from("elsewhere"), "cannot be reached"],
    ["a console that fails", `${PASSWORD}\n`, () => from("broken"), "answered 500: it gave no reason"],
    ["nobody there", `${PASSWORD}\n`, () => from(jobId).with(2, "http://127.0.0.1:9"), "cannot be reached"],
  ])("signs nothing with %s", async (...[, password, args, says]) => {
    const { code, out, err } = await countersign(password, ...args());
    expect({ code, out }).toEqual({ code: 1, out: "" });
    expect(err).toContain(says);
    expect(err).not.toContain("\x1b");
  });

  it.each<[string, () => string[]]>([
    ["nothing", () => []],
    ["two jobs", () => from("a", "b")],
    ["no address", () => [jobId, "--email", "olga@corp"]],
    ["no person", () => [jobId, "--url", origin]],
    ["a job and bytes", () => [jobId, "--bytes", kept("both.json")]],
    ["bytes and an address", () => ["--bytes", kept("both.json"), "--url", origin]],
    ["an address without encryption", () => from(jobId).with(2, "http://console.example")],
    ["an address that is none", () => from(jobId).with(2, "console")],
    ["a file that is none", () => ["--bytes", "nowhere.json"]],
    ["no password", () => from(jobId)],
  ])("is called wrongly with %s", async (_what, args) => {
    const { code, out, err } = await countersign("", ...args());
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(err).toContain("usage: countersign sign");
  });
});
