"use client";

import { useSuspenseQuery } from "@tanstack/react-query";
import { useSession } from "#components/session/use-session.ts";
import { useTRPC } from "#components/trpc/api.ts";
import { PageHeader } from "#components/ui/page-header.tsx";
import { Section } from "#components/ui/section.tsx";
import { PasskeysSection } from "./passkeys-section.tsx";
import { PasswordForm } from "./password-form.tsx";
import { SessionsSection } from "./sessions-section.tsx";

/** How one proves who one is, and where one is signed in. */
export function AccountSettings() {
  const trpc = useTRPC();
  const { person } = useSession();
  const { data } = useSuspenseQuery(trpc.account.get.queryOptions({}));
  return (
    <div className="grid gap-8">
      <div>
        <PageHeader title="Your account" meta={`${person.name}, ${person.email}`} />
        <PasskeysSection account={data} />
      </div>
      <Section
        title="Password"
        description={
          person.hasPassword
            ? "Changing it ends your other sessions, and what you approve next asks again who you are."
            : "You sign in by single sign-on. Its password is changed at the identity provider."
        }
      >
        {person.hasPassword && <PasswordForm />}
      </Section>
      <SessionsSection sessions={data.sessions} />
    </div>
  );
}
