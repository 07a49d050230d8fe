import type { TRPCError } from "@trpc/server";
import { fetchRequestHandler } from "@trpc/server/adapters/fetch";
import { readBounded } from "./bounded-body.ts";
import { createContext } from "./context.ts";
import { findDoubledMember } from "#server/domain/canonical/doubled-member.ts";
import { factsOf } from "./error-map.ts";
import { refuse, refuseForeignOrigin } from "./own-origin.ts";
import { appRouter } from "./root.ts";

const BODY_MAX_BYTES = 1024 * 1024;
const BATCH_MAX = 10;

/** Serves `/api/trpc`. Every change needs this origin and a header that no plain form can send. */
export async function handleApi(request: Request): Promise<Response> {
  const refusal = refuseForeign(request);
  if (refusal) return refusal;
  const bounded = await readBounded(request, BODY_MAX_BYTES);
  if (bounded === null) return refuse(413, "The request is larger than 1 MiB. Nothing was changed.");
  const doubled = request.method === "GET" ? null : findDoubledMember(await bounded.clone().text());
  if (doubled !== null) {
    return refuse(
      400,
      `The request names "${doubled.slice(0, 40)}" twice, and it is not known which one is meant. Nothing was changed.`,
    );
  }
  const isBatch = new URL(request.url).searchParams.get("batch") === "1";
  const response = await fetchRequestHandler({
    endpoint: "/api/trpc",
    req: bounded,
    router: appRouter,
    maxBatchSize: BATCH_MAX,
    // A read whose input is a whole document does not fit into an address.
    allowMethodOverride: true,
    responseMeta: ({ errors }) => ({ headers: retryAfter(errors) }),
    createContext: ({ info }) =>
      createContext({
        cookieHeader: request.headers.get("cookie"),
        isActivity: request.headers.get("x-countersign-poll") === null && info.type !== "subscription",
        isBatch,
      }),
  });
  response.headers.set("cache-control", "no-store");
  response.headers.set("vary", "cookie");
  return response;
}

/** RFC 9110, 10.2.3: whole seconds until the same change may be sent again. */
function retryAfter(errors: readonly TRPCError[]): Record<string, string> {
  const waits = errors.map((error) => factsOf(error)?.facts?.["retryAfterSeconds"]);
  const seconds = Math.max(0, ...waits.filter((wait) => typeof wait === "number"));
  return seconds === 0 ? {} : { "retry-after": String(seconds) };
}

function refuseForeign(request: Request): Response | null {
  if (request.method === "GET") return null;
  const foreign = refuseForeignOrigin(request);
  if (foreign) return foreign;
  if (!request.headers.get("content-type")?.startsWith("application/json")) {
    return refuse(415, "Send JSON. Nothing was changed.");
  }
  return null;
}
