import "server-only";
import type { FetchQueryOptions, QueryKey } from "@tanstack/react-query";
import { notFound } from "next/navigation";
import { requestQueryClient } from "./rsc.ts";
import { factsOf, toApiError } from "./error-map.ts";

export type Read<T> = { kind: "read"; data: T } | { kind: "refused"; reason: string; says: string };

/**
 * Reads for the first paint and leaves the answer for the browser. What is not there, or cannot be an address of
 * anything, is a 404; any other refusal comes back as a sentence for the page to show in place.
 */
export async function readForPage<T, E, D, K extends QueryKey>(
  options: FetchQueryOptions<T, E, D, K>,
): Promise<Read<D>> {
  try {
    return { kind: "read", data: await requestQueryClient().fetchQuery(options) };
  } catch (cause) {
    const error = toApiError(cause);
    const facts = factsOf(error);
    if (facts === null) throw cause;
    if (facts.code === "not_found" || facts.code === "invalid") notFound();
    return { kind: "refused", reason: facts.reason, says: error.message };
  }
}
