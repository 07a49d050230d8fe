import { spawn } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as z from "zod";
import { exportRegistry } from "#server/services/access/actors.ts";
import { awaitCertificate } from "#server/services/certificate/answer.ts";
import { exportAuthorities, exportKrl } from "#server/services/certificate/krl.ts";
import { requestCertificate } from "#server/services/certificate/request.ts";
import { answerRequest } from "#server/runner/certificate/answer-request.ts";
import { DomainError } from "#server/domain/error/domain-error.ts";
import { actorOf, type CertificateWorld, openCertificateWorld } from "#server/testing/certificates.ts";

let world: CertificateWorld;
let server: Server;
let origin = "";
let key = "";

beforeAll(async () => {
  world = await openCertificateWorld([
    actorOf("agt-lane-one"),
    actorOf("agt-gone-lane", { isRetired: true }),
  ]);
  key = `${(await world.keys.make()).path}.pub`;
  server = createServer((request, response) => void serve(request, response));
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  const address = server.address();
  origin = `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}`;
});
afterAll(async () => {
  server.close();
  await world.close();
});

const bodySchema = z.object({ json: z.unknown() });

/** The wire of a console over the console's own services; a runner answers at once, or not at all. */
async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { pathname, searchParams } = new URL(request.url ?? "", origin);
  const chunks: Buffer[] = [];
  for await (const chunk of request) if (chunk instanceof Uint8Array) chunks.push(Buffer.from(chunk));
  const text = Buffer.concat(chunks).toString();
  const answer = (value: unknown) => response.end(JSON.stringify({ result: { data: { json: value } } }));
  const asked = (json: string) => bodySchema.parse(JSON.parse(json)).json;
  try {
    if (pathname === "/api/auth/csrf") response.end('{"csrfToken":"token"}');
    else if (pathname === "/api/auth/callback/password") {
      if (new URLSearchParams(text).get("password") === "right") {
        response.setHeader("set-cookie", "session-token=1; Path=/");
      }
      response.end("{}");
    } else if (pathname === "/api/ssh/ca") response.end(await exportAuthorities(world.ctx(), {}));
    else if (pathname === "/api/ssh/krl") response.end(await exportKrl(world.ctx(), {}));
    else if (pathname === "/api/trpc/certificates.request") {
      answer(await requestCertificate(world.ctx(), requestCertificate.input.parse(asked(text))));
    } else if (pathname === "/api/trpc/access.exportRegistry") {
      answer(await exportRegistry(world.ctx(), {}));
    } else {
      if (isRunnerUp) await answerRequest(world.parts);
      else world.clock.offsetMs += 11_000;
      const input = awaitCertificate.input.parse(asked(searchParams.get("input") ?? ""));
      answer(await awaitCertificate(world.ctx(), input));
    }
  } catch (error) {
    const refusal = error instanceof DomainError ? { code: error.code, reason: error.details.reason } : null;
    const message = error instanceof Error ? error.message : "";
    response.writeHead(400).end(JSON.stringify({ error: { json: { message, data: { refusal } } } }));
  }
}
let isRunnerUp = true;

function command(
  args: string[],
  password = "right",
): Promise<{ code: number | null; out: Buffer; err: string }> {
  const child = spawn(process.execPath, ["server/cli/main.ts", ...args]);
  const out: Buffer[] = [];
  let err = "";
  child.stdout.on("data", (bytes: Buffer) => out.push(bytes));
  child.stderr.on("data", (bytes: Buffer) => (err += bytes.toString()));
  child.stdin.end(`${password}\n`);
  return new Promise((resolve) =>
    child.once("close", (code) => resolve({ code, out: Buffer.concat(out), err })),
  );
}
const at = (url = origin) => ["--url", url, "--email", "olga@corp"];
const sign = (...args: string[]) => command(["ssh-sign", ...args, ...at()]);

describe("countersign ssh-sign", () => {
  it("prints the certificate and nothing else", async () => {
    const done = await sign("agt-lane-one", "--pubkey", key, "--ttl", "2");
    expect(done).toMatchObject({ code: 0, err: "" });
    expect(done.out.toString()).toMatch(/^ssh-ed25519-cert-v01@openssh\.com [A-Za-z0-9+/]+=*\n$/);
  });

  it("tells a denial from an outage, each in one line", async () => {
    const tooLong = await sign("agt-lane-one", "--pubkey", key, "--ttl", "999");
    expect(tooLong).toMatchObject({ code: 10, err: expect.stringMatching(/^ttl_out_of_bounds: [^\n]+\n$/) });
    expect(tooLong.out).toHaveLength(0);
    const retired = await sign("agt-gone-lane", "--pubkey", key);
    expect(retired).toMatchObject({ code: 10, err: expect.stringMatching(/^actor_retired: [^\n]+\n$/) });
    const wrong = await command(["ssh-sign", "agt-lane-one", "--pubkey", key, ...at()], "wrong");
    expect(wrong).toMatchObject({ code: 10, err: expect.stringMatching(/^sign_in_refused: [^\n]+\n$/) });
    isRunnerUp = false;
    const down = await sign("agt-lane-one", "--pubkey", key);
    isRunnerUp = true;
    expect(down).toMatchObject({ code: 11, err: expect.stringMatching(/^runner_unavailable: [^\n]+\n$/) });
    const nobody = await command(["ssh-sign", "agt-lane-one", "--pubkey", key, ...at("http://127.0.0.1:1")]);
    expect(nobody).toMatchObject({ code: 11, err: expect.stringMatching(/^console_unavailable: [^\n]+\n$/) });
  });

  it("ends with 2 for hours that are none and for what is no public key, which never leaves the machine", async () => {
    for (const ttl of ["0", "-1", "NaN", "2h", "1e9", "1.5", ""]) {
      const done = await sign("agt-lane-one", "--pubkey", key, `--ttl=${ttl}`);
      expect([ttl, done.code, done.out.length]).toEqual([ttl, 2, 0]);
    }
    const secret = key.replace(/\.pub$/, "");
    const given = await sign("agt-lane-one", "--pubkey", secret);
    expect(given).toMatchObject({ code: 2, err: expect.stringMatching(/^private_key: [^\n]+\n$/) });
    expect(given.err).not.toContain((readFileSync(secret, "utf8").split("\n")[1] ?? "").slice(0, 20));
    const two = join(world.keys.folder, "two.pub");
    writeFileSync(two, readFileSync(key, "utf8").repeat(2));
    expect(await sign("agt-lane-one", "--pubkey", two)).toMatchObject({
      code: 2,
      err: expect.stringMatching(/^several_lines: /),
    });
  });
});

describe("countersign ssh-ca and ssh-krl", () => {
  it("write what sshd reads", async () => {
    const ca = await command(["ssh-ca", ...at()]);
    expect(ca).toMatchObject({ code: 0, err: "" });
    expect(ca.out.toString()).toMatch(/^ssh-ed25519 [A-Za-z0-9+/]+=* countersign-ca-1\n$/);
    const path = join(world.keys.folder, "krl");
    expect(await command(["ssh-krl", "-o", path, ...at()])).toMatchObject({ code: 0, err: "" });
    expect(readFileSync(path).subarray(0, 8).toString("latin1")).toBe("SSHKRL\n\0");
  });
});

describe("countersign registry export", () => {
  it("writes the registry of a console as registry load reads it, and nothing where it is refused", async () => {
    const path = join(world.keys.folder, "registry.json");
    expect(await command(["registry", "export", "-o", path, ...at()])).toMatchObject({ code: 0, err: "" });
    const { text, digest } = await exportRegistry(world.ctx(), {});
    expect(readFileSync(path, "utf8")).toBe(text);
    const loaded = await command(["registry", "load", path]);
    expect(JSON.parse(loaded.out.toString())).toMatchObject({ actors: 2, digest });
    const refused = await command(["registry", "export", ...at()], "wrong");
    expect([refused.code, refused.out.length]).toEqual([1, 0]);
  });
});
