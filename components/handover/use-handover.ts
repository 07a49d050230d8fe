"use client";

import { type TRPCClient, TRPCClientError } from "@trpc/client";
import { useEffect, useRef, useState } from "react";
import { useTRPCClient } from "#components/trpc/api.ts";
import { useLiveChange } from "#components/trpc/live.tsx";
import type { AppRouter } from "#server/api/root.ts";
import { type HandoverSet, makeHandoverKeys, openBox } from "./open-box.ts";

export type HandoverStep =
  | { kind: "explain" }
  | { kind: "working"; since: number }
  | { kind: "open"; set: HandoverSet }
  | { kind: "failed"; says: string };

/** How often to ask when no announcement comes. */
const ASK_MS = 1000;

/** How often to say that the box opened before giving up. */
const CONFIRM_TRIES = 5;

const LOST =
  "The box did not arrive or did not open. Nothing was revealed, and the console still holds the credentials. Close this and hand over again.";
const NOT_ASKED =
  "The console did not answer, so nothing was revealed as far as this page knows. Look at the tenant again before you repeat it.";

/** One hand-over of one tenant in this page: the keys, the question, the answer. Nothing of it is stored. */
export function useHandover(tenantId: string) {
  const client = useTRPCClient();
  const [step, setStep] = useState<HandoverStep>({ kind: "explain" });
  const waiting = useRef<{ id: string; wake: () => void } | null>(null);

  useLiveChange(({ kind, id }) => {
    if (kind === "handover" && id === waiting.current?.id) waiting.current.wake();
  });

  const isFragile = step.kind === "working" || step.kind === "open";
  // Synchronises with the window: the browser asks before the page, and the only key with it, goes away.
  useEffect(() => {
    if (!isFragile) return;
    const ask = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener("beforeunload", ask);
    return () => window.removeEventListener("beforeunload", ask);
  }, [isFragile]);

  async function answered(handoverId: string): Promise<void> {
    for (;;) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, ASK_MS);
        waiting.current = {
          id: handoverId,
          wake: () => {
            clearTimeout(timer);
            resolve();
          },
        };
      });
      try {
        const { handover } = await client.tenants.get.query({ tenantId }, { context: { isPoll: true } });
        if (handover.state !== "requested") return;
      } catch {
        // The console is away for a moment; the box waits for this page.
      }
    }
  }

  async function run(): Promise<HandoverStep> {
    let isAsked = false;
    try {
      const { publicKey, privateKey } = await makeHandoverKeys();
      const { handoverId } = await client.tenants.requestHandover.mutate({ tenantId, publicKey });
      isAsked = true;
      await answered(handoverId);
      const { box } = await client.tenants.collectHandover.mutate({ handoverId });
      const set = await openBox({ box, handoverId, privateKey });
      await confirm(client, handoverId);
      return { kind: "open", set };
    } catch (error) {
      const isRefused = error instanceof TRPCClientError && hasRefusal(error);
      return { kind: "failed", says: isRefused ? error.message : isAsked ? LOST : NOT_ASKED };
    } finally {
      waiting.current = null;
    }
  }

  return {
    step,
    start: async () => {
      if (isFragile) return;
      setStep({ kind: "working", since: Date.now() });
      setStep(await run());
    },
    /** Forgets the set. */
    reset: () => setStep({ kind: "explain" }),
  };
}

/** The server answered and said why not. */
function hasRefusal(error: TRPCClientError<AppRouter>): boolean {
  return error.data?.refusal !== undefined && error.data.refusal !== null;
}

/**
 * The console destroys its copies before anything is shown. An answer that is lost is asked for again; when none comes,
 * the set is shown all the same, for it may be the last copy.
 */
async function confirm(client: TRPCClient<AppRouter>, handoverId: string): Promise<void> {
  for (let left = CONFIRM_TRIES; left > 0; left -= 1) {
    try {
      await client.tenants.confirmHandover.mutate({ handoverId });
      return;
    } catch (error) {
      if (error instanceof TRPCClientError && hasRefusal(error)) throw error;
      await new Promise((resolve) => setTimeout(resolve, ASK_MS));
    }
  }
}
