import { DomainError } from "#server/domain/error/domain-error.ts";

export interface Refusal {
  code: string;
  reason: string;
}

/** The code and reason that an act is refused with. An act that succeeds, or fails in another way, fails the test. */
export async function refusalOf(act: Promise<unknown>): Promise<Refusal> {
  const error = await act.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  if (error === null) throw new Error("It was expected to be refused and was done.");
  if (!(error instanceof DomainError)) throw error;
  return { code: error.code, reason: error.details.reason };
}

/** How many acts were done, and the reasons of the others. */
export function tally(results: readonly PromiseSettledResult<unknown>[]): {
  done: number;
  refused: string[];
} {
  const refused = results.flatMap((result) => {
    if (result.status === "fulfilled") return [];
    if (!(result.reason instanceof DomainError)) throw result.reason;
    return [result.reason.details.reason];
  });
  return { done: results.length - refused.length, refused: refused.sort() };
}
