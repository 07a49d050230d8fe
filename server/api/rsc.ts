import "server-only";
import { QueryClient } from "@tanstack/react-query";
import { createTRPCOptionsProxy } from "@trpc/tanstack-react-query";
import { headers } from "next/headers";
import { redirect } from "next/navigation";
import { connection as dynamicRequest } from "next/server";
import { cache } from "react";
import superjson from "superjson";
import { createContext } from "./context.ts";
import { appRouter } from "./root.ts";

// One context and one query client per request: `cache` is what makes page and layout share them.
const requestContext = cache(async () => {
  await dynamicRequest();
  const cookieHeader = (await headers()).get("cookie");
  return createContext({ cookieHeader, isActivity: true, isBatch: false });
});

export const requestQueryClient = cache(
  () =>
    new QueryClient({
      defaultOptions: {
        // The title and the body of a page read the same thing once.
        queries: { staleTime: 60_000 },
        dehydrate: { serializeData: superjson.serialize },
      },
    }),
);

/** Query options that run in this process, for prefetching in server components. */
export const trpc = createTRPCOptionsProxy({
  ctx: requestContext,
  router: appRouter,
  queryClient: requestQueryClient,
});

/** Whether this request comes from a signed-in person. */
export async function isSignedIn(): Promise<boolean> {
  return (await requestContext()).actor !== null;
}

/** Sends whoever is not signed in to the sign-in page, and back afterwards. */
export async function requireSignedIn(returnTo: string): Promise<void> {
  const { actor } = await requestContext();
  if (actor === null) redirect(`/sign-in?callbackUrl=${encodeURIComponent(returnTo)}`);
}
