import { dehydrate, HydrationBoundary } from "@tanstack/react-query";
import { headers } from "next/headers";
import type { ReactNode } from "react";
import { ConsoleFrame } from "#components/session/console-frame.tsx";
import { ApiProvider } from "#components/trpc/provider.tsx";
import { requestQueryClient, requireSignedIn, trpc } from "#server/api/rsc.ts";

export default async function ConsoleLayout({ children }: { children: ReactNode }) {
  await requireSignedIn((await headers()).get("x-path") ?? "/inbox");
  await requestQueryClient().fetchQuery(trpc.inbox.session.queryOptions({}));
  return (
    <ApiProvider>
      <HydrationBoundary state={dehydrate(requestQueryClient())}>
        <ConsoleFrame>{children}</ConsoleFrame>
      </HydrationBoundary>
    </ApiProvider>
  );
}
