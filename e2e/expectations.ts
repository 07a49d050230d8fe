import { expect } from "@playwright/test";
import { TRPCClientError } from "@trpc/client";
import * as z from "zod";
import type { Api } from "#server/demo/api-client.ts";
import type { JobState } from "#server/domain/job/states.ts";

const refusalSchema = z.object({ refusal: z.object({ code: z.string(), reason: z.string() }) });

/** The act is refused for this reason, with a sentence and without a stack, a query or a path. */
export async function expectRefused(act: Promise<unknown>, reason: string): Promise<void> {
  const error: unknown = await act.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  expect(error, `not refused, though ${reason} was expected`).toBeInstanceOf(TRPCClientError);
  if (!(error instanceof TRPCClientError)) return;
  expect(refusalSchema.parse(error.data).refusal.reason, error.message).toBe(reason);
  // An input that no page of ours can send is told in the words of the schema.
  if (reason !== "invalid_input") expect(error.message).toMatch(/^[A-Z].*\.$/s);
  expect(JSON.stringify(error.data)).not.toMatch(/stack|select |node_modules|\.ts:/);
}

/** Waits until a job is in this state, as the API tells it. */
export async function expectState(api: Api, jobId: string, state: JobState): Promise<void> {
  const read = async () => (await api.jobs.get.query({ jobId })).state;
  await expect.poll(read, { timeout: 60_000 }).toBe(state);
}

/** The sign-in behind this client is over. */
export async function expectSignedOut(act: Promise<unknown>): Promise<void> {
  await expect(act).rejects.toMatchObject({ data: { code: "UNAUTHORIZED" } });
}
