import {
  type EngineRole,
  readRole,
  readSigned,
  ttlSecondsOf,
  type WantedCertificate,
} from "#server/domain/ssh-certificate/engine.ts";
import type { Engine } from "#server/domain/ssh-certificate/schema.ts";
import { exchange, type ExchangeFault } from "#server/services/access/exchange.ts";

/** An answer that takes longer is none: whoever asked for a certificate waits. */
const ANSWER_MS = 4_000;
const ANSWER_MAX_BYTES = 64 * 1024;

/** Why an engine gave nothing that can be used. */
export interface EngineFault {
  kind: "none";
  code: "engine_unavailable" | "engine_refused" | "engine_answer";
  says: string;
}

/** An engine with the token that is for its address. */
export interface OpenEngine {
  engine: Engine;
  token: string;
}

/** Has one key signed: POST /v1/<mount>/sign/<role> of Vault and OpenBao. What comes back is not believed here. */
export async function askSignature(
  open: OpenEngine,
  of: { role: string; wanted: WantedCertificate; line: string },
): Promise<{ kind: "read"; value: { line: string; serial: bigint } } | EngineFault> {
  const { wanted } = of;
  const got = await call(open, {
    path: `sign/${of.role}`,
    body: {
      public_key: of.line,
      valid_principals: wanted.principals.join(","),
      ttl: `${ttlSecondsOf(wanted)}s`,
      cert_type: "user",
      key_id: wanted.keyId,
      extensions: Object.fromEntries(wanted.extensions.map((name) => [name, ""])),
    },
  });
  return got.kind === "none" ? got : usable(readSigned(got.text));
}

/** Reads one role: GET /v1/<mount>/roles/<role>. */
export async function askRole(
  open: OpenEngine,
  role: string,
): Promise<{ kind: "read"; value: EngineRole } | EngineFault> {
  const got = await call(open, { path: `roles/${role}`, body: null });
  return got.kind === "none" ? got : usable(readRole(got.text));
}

function usable<T>(
  read: { kind: "read"; value: T } | { kind: "refused"; says: string },
): { kind: "read"; value: T } | EngineFault {
  return read.kind === "read" ? read : { kind: "none", code: "engine_answer", says: read.says };
}

const FAULTS: Readonly<Record<ExchangeFault, Omit<EngineFault, "kind">>> = {
  unreachable: { code: "engine_unavailable", says: "The SSH engine cannot be reached." },
  slow: {
    code: "engine_unavailable",
    says: `The SSH engine did not answer within ${ANSWER_MS / 1000} seconds.`,
  },
  redirect: {
    code: "engine_unavailable",
    says: "The SSH engine sent us elsewhere, and a token goes nowhere else.",
  },
  too_long: { code: "engine_answer", says: "The SSH engine answered more than 64 KiB." },
};

async function call(
  { engine, token }: OpenEngine,
  of: { path: string; body: object | null },
): Promise<{ kind: "got"; text: string } | EngineFault> {
  const got = await exchange(new URL(`/v1/${engine.mount}/${of.path}`, engine.addr), {
    method: of.body === null ? "GET" : "POST",
    body: of.body === null ? null : JSON.stringify(of.body),
    headers: { "x-vault-token": token },
    limitMs: ANSWER_MS,
    maxBytes: ANSWER_MAX_BYTES,
  });
  if (got.kind === "none") return { kind: "none", ...FAULTS[got.fault] };
  if (got.status !== 200) return { kind: "none", ...refusalOf(got.status, of.path) };
  return got.isJson
    ? { kind: "got", text: got.text }
    : { kind: "none", code: "engine_answer", says: "The SSH engine did not answer JSON." };
}

/** Words of the engine's own are not repeated: they may hold anything. */
function refusalOf(status: number, path: string): Omit<EngineFault, "kind"> {
  if (status === 404) {
    return { code: "engine_refused", says: `The SSH engine has nothing at ${path} (404).` };
  }
  if (status === 401 || status === 403) {
    return { code: "engine_refused", says: `The SSH engine did not let our token at ${path} (${status}).` };
  }
  return status >= 400 && status < 500 && status !== 429
    ? { code: "engine_refused", says: `The SSH engine refused what was asked at ${path} (${status}).` }
    : { code: "engine_unavailable", says: `The SSH engine answered with ${status}.` };
}
