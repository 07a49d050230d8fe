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

type Sent = { context: Record<string, unknown> };

/** A read that the page repeats by itself (`isPoll`) must not keep an idle person signed in. */
function headersOf(sent: readonly Sent[]) {
  const isPoll = sent.every(({ context }) => context["isPoll"] === true);
  return isPoll ? { ...headers, "x-countersign-poll": "1" } : headers;
}

/** A change, or a read that must not wait for others (`isAlone`): one request, one answer. */
function isAlone(operation: Sent & { type: string; path: string }): boolean {
  return operation.type === "mutation" || operation.context["isAlone"] === true || hasDocument(operation);
}

/** A read whose input is a whole document, which no address can hold: it is sent as the body of a POST. */
function hasDocument({ path }: { path: string }): boolean {
  return path === "runbooks.check" || path === "policy.analyse";
}

const ALONE = {
  url: URL_PATH,
  transformer: superjson,
  headers: ({ op }: { op: Sent }) => headersOf([op]),
};

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
            condition: isAlone,
            true: splitLink({
              condition: hasDocument,
              true: httpLink({ ...ALONE, methodOverride: "POST" }),
              false: httpLink(ALONE),
            }),
            false: httpBatchLink({
              url: URL_PATH,
              transformer: superjson,
              headers: ({ opList }) => headersOf(opList),
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
