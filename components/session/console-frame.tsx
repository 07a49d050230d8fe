"use client";

import { signOut } from "next-auth/react";
import { type ReactNode, useCallback } from "react";
import { usePalette } from "#components/palette/use-palette.tsx";
import { AppShell } from "#components/shell/app-shell.tsx";
import { ROLE_WORDS } from "#server/domain/person/states.ts";
import { StandingNotices } from "./standing-notices.tsx";
import { useSession } from "./use-session.ts";

/** The frame of every signed-in page, with who is signed in and what stands in the way of work. */
export function ConsoleFrame({ children }: { children: ReactNode }) {
  const session = useSession();
  const leave = useCallback(() => void signOut({ callbackUrl: "/sign-in" }), []);
  const palette = usePalette({ mayCreateTenant: session.may.createTenant.allowed, signOut: leave });
  return (
    <AppShell
      session={{
        name: session.person.name,
        email: session.person.email,
        roles: session.person.roles.map((role) => ROLE_WORDS[role]),
        cloudName: session.clouds.map(({ name }) => name).join(", ") || "none yet",
        waitingCount: session.waitingCount,
      }}
      signOut={leave}
      paletteItems={palette.items}
      paletteSearch={palette.search}
    >
      <StandingNotices session={session} />
      {children}
    </AppShell>
  );
}
