import * as z from "zod";
import { visible } from "#server/domain/signed-operation/render.ts";
import { askLine } from "./ask-person.ts";
import { UsageError } from "./command.ts";
import { ConsoleError, type ConsoleRefusal, consoleOrigin, signIn } from "./console-session.ts";

/** Options with which a command names a console and who signs in there. */
export const CONSOLE_OPTIONS = { url: { type: "string" }, email: { type: "string" } } as const;

/** A document of 10 MiB on a slow line. */
const TIMEOUT_MS = 120_000;

const refusalSchema = z.object({
  message: z.string().max(2000),
  data: z
    .object({ refusal: z.object({ code: z.string().max(100), reason: z.string().max(100) }).nullable() })
    .optional(),
});
const plainSchema = z.object({ error: refusalSchema });
const calledSchema = z.object({ error: z.object({ json: refusalSchema }) });
const answerSchema = z.object({ result: z.object({ data: z.object({ json: z.unknown() }) }) });

/** A signed-in person at a console; every call does what the page of the same act does. */
export class ConsoleCall {
  readonly #origin: string;
  readonly #cookie: string;

  private constructor(origin: string, cookie: string) {
    this.#origin = origin;
    this.#cookie = cookie;
  }

  /** Signs in; the password is asked for, or is the next line of standard input. */
  static async begin({ url, email }: { url: string; email: string | undefined }): Promise<ConsoleCall> {
    const origin = consoleOrigin(url);
    if (email === undefined) throw new UsageError("Say who signs in: --email ADDRESS.");
    const password = await askLine(`Password of ${email} at ${origin}: `, { isHidden: true });
    if (password === null) throw new UsageError("No password was given.");
    return new ConsoleCall(origin, await signIn(origin, { email, password }));
  }

  /** The answer to a query of the API, read by a schema. */
  async query<T>(name: string, input: object, schema: z.ZodType<T>): Promise<T> {
    const asked = encodeURIComponent(JSON.stringify({ json: input }));
    return readAnswer(await this.#send(`/api/trpc/${name}?input=${asked}`, {}), schema);
  }

  /** The answer to a mutation of the API, read by a schema. */
  async mutate<T>(name: string, input: object, schema: z.ZodType<T>): Promise<T> {
    const body = JSON.stringify({ json: input });
    const headers = { "content-type": "application/json" };
    return readAnswer(await this.#send(`/api/trpc/${name}`, { method: "POST", body, headers }), schema);
  }

  /** Sends a document with what it is about, as the import page does. */
  async upload<T>(
    path: string,
    given: { bytes: Uint8Array; about: object },
    schema: z.ZodType<T>,
  ): Promise<T> {
    const form = new FormData();
    form.set("document", new Blob([Buffer.from(given.bytes)]));
    form.set("about", JSON.stringify(given.about));
    const answer = await this.#send(path, { method: "POST", body: form });
    return schema.parse(await answer.json());
  }

  /** The text of a file that the console makes. */
  async download(path: string): Promise<string> {
    return (await this.#send(path, {})).text();
  }

  /** The bytes of a file that the console makes. */
  async bytes(path: string): Promise<Buffer> {
    return Buffer.from(await (await this.#send(path, {})).arrayBuffer());
  }

  async #send(path: string, init: RequestInit): Promise<Response> {
    const headers = new Headers(init.headers);
    headers.set("cookie", this.#cookie);
    headers.set("origin", this.#origin);
    headers.set("x-countersign", "1");
    const answer = await fetch(`${this.#origin}${path}`, {
      ...init,
      headers,
      redirect: "error",
      signal: AbortSignal.timeout(TIMEOUT_MS),
    }).catch((error: unknown) => {
      const cause =
        error instanceof Error && error.cause instanceof Error ? error.cause.message : "no answer";
      throw new ConsoleError(`${this.#origin} cannot be reached (${visible(cause)}).`, {
        kind: "unavailable",
        reason: "console_unavailable",
      });
    });
    if (answer.ok) return answer;
    throw errorOf(answer.status, await answer.text());
  }
}

async function readAnswer<T>(answer: Response, schema: z.ZodType<T>): Promise<T> {
  return schema.parse(answerSchema.parse(await answer.json()).result.data.json);
}

function errorOf(status: number, text: string): ConsoleError {
  const isAway = status >= 500;
  try {
    const body: unknown = JSON.parse(text);
    const called = calledSchema.safeParse(body);
    const { message, data } = called.success ? called.data.error.json : plainSchema.parse(body).error;
    const { code = "", reason = "refused" } = data?.refusal ?? {};
    return new ConsoleError(visible(message), { kind: kindOf(code, isAway), reason: visible(reason) });
  } catch {
    // Not an answer of a console: its words are not repeated.
    return new ConsoleError(`The console answered ${status} and gave no reason.`, {
      kind: kindOf("", isAway),
      reason: "console_unavailable",
    });
  }
}

function kindOf(code: string, isAway: boolean): ConsoleRefusal["kind"] {
  if (isAway || code === "unavailable" || code === "limit") return "unavailable";
  return code === "invalid" ? "invalid" : "refused";
}
