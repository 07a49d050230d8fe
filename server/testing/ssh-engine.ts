import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import * as z from "zod";

const run = promisify(execFile);

export const ENGINE_TOKEN_OF_TESTS = "hvs.of-the-tests-only";

const askedSchema = z.strictObject({
  public_key: z.string(),
  valid_principals: z.string(),
  ttl: z.string().regex(/^[0-9]+s$/),
  cert_type: z.literal("user"),
  key_id: z.string(),
  extensions: z.record(z.string(), z.literal("")),
});
export type AskedSignature = z.output<typeof askedSchema>;

/** What a misbehaving engine does otherwise: with a question, or with the bytes of its answer. */
export interface Misbehaviour {
  asked?: (asked: AskedSignature) => AskedSignature;
  /** In seconds from now, instead of half a minute back and what was asked. */
  validity?: { from: number; to: number };
  certificate?: (line: string) => string;
  serial?: (serial: string) => string;
  options?: readonly string[];
  answer?: (response: ServerResponse, path: string) => boolean;
  roles?: Readonly<Record<string, object>>;
}

const ROLES: Readonly<Record<string, object>> = {
  "adm-role": { key_type: "ca", max_ttl: 48 * 3600, allow_user_certificates: true, allow_user_key_ids: true },
  "agt-role": { key_type: "ca", max_ttl: 24 * 3600, allow_user_certificates: true, allow_user_key_ids: true },
  "atm-role": { key_type: "ca", max_ttl: "8h0m0s", allow_user_certificates: true, allow_user_key_ids: true },
};

/**
 * An SSH engine that speaks the HTTP of OpenBao's and Vault's, and signs with ssh-keygen: what they document of
 * `ssh/roles/:name` and `ssh/sign/:name`, and no more.
 */
export async function openSshEngine() {
  const folder = await mkdtemp(join(tmpdir(), "countersign-engine-"));
  for (const name of ["ca", "other"]) {
    await run("ssh-keygen", ["-q", "-t", "ecdsa", "-N", "", "-C", name, "-f", join(folder, name)]);
  }
  const state: { wrong: Misbehaviour; ca: "ca" | "other"; seen: string[]; tokens: Set<string> } = {
    wrong: {},
    ca: "ca",
    seen: [],
    tokens: new Set(),
  };
  let signed = 0;
  const sign = async (raw: string) => {
    const given = askedSchema.parse(JSON.parse(raw));
    const asked = state.wrong.asked?.(given) ?? given;
    const path = join(folder, `key${(signed += 1)}.pub`);
    await writeFile(path, asked.public_key);
    const now = Math.floor(Date.now() / 1000);
    const { from, to } = state.wrong.validity ?? { from: -30, to: Number(asked.ttl.slice(0, -1)) };
    const serial = randomBytes(8).toString("hex");
    const options = state.wrong.options ?? ["clear", ...Object.keys(asked.extensions)];
    await run("ssh-keygen", [
      "-q",
      "-s",
      join(folder, state.ca),
      "-I",
      asked.key_id,
      "-z",
      String(BigInt(`0x${serial}`)),
      ...(asked.valid_principals === "" ? [] : ["-n", asked.valid_principals]),
      "-V",
      `${stamp(now + from)}:${stamp(now + to)}`,
      ...options.flatMap((name) => ["-O", name]),
      path,
    ]);
    const line = await readFile(path.replace(".pub", "-cert.pub"), "utf8");
    return {
      data: {
        serial_number: state.wrong.serial?.(serial) ?? serial,
        signed_key: state.wrong.certificate?.(line) ?? line,
      },
    };
  };
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(Buffer.from(chunk));
    const path = request.url ?? "";
    state.seen.push(`${request.method} ${path}`);
    const token = String(request.headers["x-vault-token"] ?? "");
    state.tokens.add(token);
    if (state.wrong.answer?.(response, path) === true) return;
    const say = (status: number, body: object) =>
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
    if (token !== ENGINE_TOKEN_OF_TESTS) return say(403, { errors: ["permission denied"] });
    const [, kind = "", name = ""] = /^\/v1\/ssh\/(roles|sign)\/([a-z-]+)$/.exec(path) ?? [];
    const role = { ...ROLES, ...state.wrong.roles }[name];
    if (role === undefined) return say(404, { errors: [] });
    return say(200, kind === "roles" ? { data: role } : await sign(Buffer.concat(chunks).toString("utf8")));
  };
  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => response.writeHead(400).end(String(error)));
  });
  const { promise, resolve } = Promise.withResolvers<void>();
  server.listen(0, "127.0.0.1", resolve);
  await promise;
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("It does not listen on a port.");
  return {
    addr: `http://127.0.0.1:${address.port}`,
    publicKey: (await readFile(join(folder, "ca.pub"), "utf8")).trim(),
    state,
    close: async () => {
      server.closeAllConnections();
      const closed = Promise.withResolvers<void>();
      server.close(() => closed.resolve());
      await closed.promise;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** As ssh-keygen's -V wants it: YYYYMMDDHHMMSSZ. */
const stamp = (seconds: number) =>
  `${new Date(seconds * 1000).toISOString().replace(/[-:T]/g, "").slice(0, 14)}Z`;
