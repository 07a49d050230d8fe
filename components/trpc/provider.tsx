"use client";

import { type QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { createTRPCClient, httpBatchLink, httpLink, httpSubscriptionLink, splitLink } from "@trpc/client";
import { type ReactNode, useState } from "react";
import superjson from "superjson";
import type { AppRouter } from "#server/api/root.ts";
import { TRPCProvider } from "./api.ts";
import { LiveChanges } from "./live.tsx";
import { makeQueryClient } from "./query-client.ts";

const URL_PATH = "/api/trpc";
const BATCH_MAX = 10;
/** A plain form of another site cannot send this header. */
const headers = { "x-countersign": "1" };

/** A read that the page repeats by itself must not keep an idle person signed in. */
function headersOfReads({ opList }: { opList: readonly { context: Record<string, unknown> }[] }) {
  const isPoll = opList.every(({ context }) => context["isPoll"] === true);
  return isPoll ? { ...headers, "x-countersign-poll": "1" } : headers;
}

let browserQueryClient: QueryClient | undefined;

// In the browser one client outlives suspended renders; on the server each request has its own.
function queryClientOf(): QueryClient {
  if (typeof window === "undefined") return makeQueryClient();
  return (browserQueryClient ??= makeQueryClient());
}

/** The browser end of the wire: reads are batched, every change is a request of its own, one stream per browser. */
export function ApiProvider({ children }: { children: ReactNode }) {
  const queryClient = queryClientOf();
  const [client] = useState(() =>
    createTRPCClient<AppRouter>({
      links: [
        splitLink({
          condition: (operation) => operation.type === "subscription",
          true: httpSubscriptionLink({ url: URL_PATH, transformer: superjson }),
          false: splitLink({
            condition: (operation) => operation.type === "mutation",
            true: httpLink({ url: URL_PATH, transformer: superjson, headers }),
            false: httpBatchLink({
              url: URL_PATH,
              transformer: superjson,
              headers: headersOfReads,
              maxItems: BATCH_MAX,
            }),
          }),
        }),
      ],
    }),
  );
  return (
    <QueryClientProvider client={queryClient}>
      <TRPCProvider trpcClient={client} queryClient={queryClient}>
        <LiveChanges>{children}</LiveChanges>
      </TRPCProvider>
    </QueryClientProvider>
  );
}
