import * as z from "zod";
import { isLoopback, parseAddress } from "#server/domain/settings/address.ts";
import { visible } from "#server/domain/signed-operation/render.ts";
import { UsageError } from "./command.ts";
import { bytesOf } from "./read-bytes.ts";

/** Longer than any operation: what is longer is refused when it is read. In bytes. */
const OPERATION_LIMIT = 65_537;

/** What a console said no with. `unavailable`: nobody answered, or something behind the console did not. */
export interface ConsoleRefusal {
  kind: "refused" | "invalid" | "unavailable";
  /** The console's reason, or ours where none came. */
  reason: string;
}

/** A console refused or did not answer; the message is for the person at the terminal. */
export class ConsoleError extends Error {
  override readonly name = "ConsoleError";
  readonly refusal: ConsoleRefusal;

  constructor(message: string, refusal: ConsoleRefusal = { kind: "refused", reason: "refused" }) {
    super(message);
    this.refusal = refusal;
  }
}

/** The address of a console, as people open it. A password goes over https, or nowhere beyond this machine. */
export function consoleOrigin(text: string): string {
  const url = parseAddress(text);
  const isSafe = url?.protocol === "https:" || (url?.protocol === "http:" && isLoopback(url.hostname));
  if (url === null || !isSafe) {
    throw new UsageError("--url must be the console's https:// address, or http:// on this machine itself.");
  }
  return url.origin;
}

/** Signs in with a password through the endpoint of the sign-in page; answers the Cookie header. */
export async function signIn(origin: string, person: { email: string; password: string }): Promise<string> {
  const first = await ask(`${origin}/api/auth/csrf`);
  const { csrfToken } = await readToken(first);
  const answer = await ask(`${origin}/api/auth/callback/password`, {
    method: "POST",
    headers: { "content-type": "application/x-www-form-urlencoded", cookie: cookiesOf(first) },
    body: new URLSearchParams({ csrfToken, ...person, json: "true" }),
    redirect: "manual",
  });
  await answer.body?.cancel();
  const cookie = cookiesOf(answer);
  if (!cookie.includes("session-token=")) {
    throw new ConsoleError(
      "The console refused this address and password. Nothing was done. Whoever signs in by single sign-on has no password here: download the bytes on the job's page, and name them with --bytes.",
      { kind: "refused", reason: "sign_in_refused" },
    );
  }
  return cookie;
}

async function readToken(answer: Response): Promise<{ csrfToken: string }> {
  const read = z.object({ csrfToken: z.string() }).safeParse(await answer.json().catch(() => null));
  if (read.success) return read.data;
  throw new ConsoleError(`No console answers there (it answered ${answer.status}). Nothing was done.`, {
    kind: "unavailable",
    reason: "console_unavailable",
  });
}

/** The bytes of a job's operation, exactly as the console has them on record, and whether handing in takes a passkey. */
export async function downloadOperation(
  origin: string,
  jobId: string,
  cookie: string,
): Promise<{ bytes: Buffer; takesPasskey: boolean }> {
  const answer = await ask(`${origin}/api/jobs/${encodeURIComponent(jobId)}/operation`, {
    headers: { cookie },
    redirect: "error",
  });
  const bytes = answer.body === null ? Buffer.alloc(0) : await bytesOf(answer.body, OPERATION_LIMIT);
  const takesPasskey = answer.headers.get("x-countersign-proof") === "passkey";
  if (answer.status === 200) return { bytes, takesPasskey };
  throw new ConsoleError(`The console answered ${answer.status}: ${sentenceOf(bytes)} Nothing was signed.`);
}

const refusalSchema = z.object({ error: z.object({ message: z.string().max(1000) }) });

function sentenceOf(bytes: Buffer): string {
  try {
    return visible(refusalSchema.parse(JSON.parse(bytes.toString("utf8"))).error.message);
  } catch {
    // Not an answer of a console: its words are not repeated.
    return "it gave no reason.";
  }
}

async function ask(address: string, init: RequestInit = {}): Promise<Response> {
  try {
    return await fetch(address, { ...init, signal: AbortSignal.timeout(30_000) });
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause.message : "no answer";
    throw new ConsoleError(
      `${new URL(address).origin} cannot be reached (${visible(cause)}). Nothing was done.`,
      { kind: "unavailable", reason: "console_unavailable" },
    );
  }
}

function cookiesOf(answer: Response): string {
  return answer.headers
    .getSetCookie()
    .map((line) => line.split(";", 1)[0] ?? "")
    .join("; ");
}
