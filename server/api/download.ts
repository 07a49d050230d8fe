import { TRPCError } from "@trpc/server";
import { getHTTPStatusCodeFromError } from "@trpc/server/http";
import type { PersonActor } from "#server/domain/policy/decide.ts";
import { log } from "#server/log.ts";
import { type ApiContext, createContext } from "./context.ts";
import { toApiError } from "./error-map.ts";

export type SignedInContext = ApiContext & { actor: PersonActor };

export interface Download {
  name: string;
  type: string;
  /** Length in bytes, where it is known. */
  length: number | null;
  body: AsyncGenerator<string | Uint8Array>;
}

/**
 * Serves a file that is made for one signed-in person. What is refused before the first byte is answered with a
 * sentence; what breaks later ends the stream without its end, so that no part is taken for the whole.
 */
export async function serveDownload(
  request: Request,
  make: (ctx: SignedInContext, url: URL) => Promise<Download>,
): Promise<Response> {
  try {
    const cookieHeader = request.headers.get("cookie");
    const ctx = await createContext({ cookieHeader, isActivity: true, isBatch: false });
    const { actor } = ctx;
    if (actor === null) throw new TRPCError({ code: "UNAUTHORIZED", message: "Sign in to go on." });
    const { name, type, length, body } = await make({ ...ctx, actor }, new URL(request.url));
    return new Response(streamOf(body), {
      headers: {
        "content-type": type,
        "content-disposition": `attachment; filename="${name}"`,
        ...(length === null ? {} : { "content-length": String(length) }),
        "cache-control": "no-store",
        "x-content-type-options": "nosniff",
        vary: "cookie",
      },
    });
  } catch (cause) {
    return refusalOf(cause);
  }
}

function refusalOf(cause: unknown): Response {
  const error = toApiError(cause);
  if (error.code === "INTERNAL_SERVER_ERROR") log.error({ err: error.cause }, "a download failed");
  return Response.json(
    { error: { message: error.message } },
    { status: getHTTPStatusCodeFromError(error), headers: { "cache-control": "no-store" } },
  );
}

function streamOf(body: AsyncGenerator<string | Uint8Array>): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  return new ReadableStream({
    async pull(controller) {
      try {
        const { done, value } = await body.next();
        if (done === true) controller.close();
        else controller.enqueue(typeof value === "string" ? encoder.encode(value) : value);
      } catch (error) {
        log.error({ err: error }, "a download broke off");
        controller.error(error);
      }
    },
    async cancel() {
      await body.return(undefined);
    },
  });
}
