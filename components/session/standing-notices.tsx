"use client";

import { useQueryClient } from "@tanstack/react-query";
import { EmergencyNotices } from "#components/break-glass/emergency-notices.tsx";
import { useLiveState } from "#components/trpc/live.tsx";
import { Button } from "#components/ui/button.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import type { Session } from "./use-session.ts";

const CLOUD_TITLES = {
  unreachable: "does not answer",
  ca_problem: "cannot be trusted: its certificate authority does not check out",
  unauthenticated: "does not accept the operator's credentials",
} as const;

/** What every page must say before anything else: old data, nobody to run jobs, a cloud out of reach. */
export function StandingNotices({ session }: { session: Session }) {
  const live = useLiveState();
  const queryClient = useQueryClient();
  const troubled = session.clouds.flatMap((cloud) =>
    cloud.state === "reachable" ? [] : [{ ...cloud, state: cloud.state }],
  );
  const isQuiet = live === "live" && session.isRunnerAlive && troubled.length === 0;
  if (isQuiet && session.frozen === null && session.emergencies.length === 0) return null;
  return (
    <div className="mb-5 grid gap-2">
      <EmergencyNotices emergencies={session.emergencies} />
      {session.frozen !== null && (
        <Notice kind="danger" live title={`All changes are frozen by ${session.frozen.setBy}`}>
          {session.frozen.reason} Since <RelativeTime at={session.frozen.at} />. Nothing that changes a cloud
          starts until two people have lifted it.
        </Notice>
      )}
      {live === "away" && (
        <Notice
          kind="warning"
          live
          title="This page no longer hears of changes, so what it shows may be old"
          action={
            <Button size="sm" onClick={() => void queryClient.invalidateQueries()}>
              Read again
            </Button>
          }
        >
          It tries to connect again by itself. Nothing that runs is affected.
        </Notice>
      )}
      {!session.isRunnerAlive && (
        <Notice kind="warning" live title="No runner is at work">
          You can ask and decide, but nothing is previewed, compared or run until a runner is back. Whoever
          runs the console has to start one.
        </Notice>
      )}
      {troubled.map((cloud) => (
        <Notice
          key={cloud.id}
          kind="danger"
          live
          title={
            <>
              Cloud {cloud.name} {CLOUD_TITLES[cloud.state]}
            </>
          }
        >
          {cloud.says} Looked at <RelativeTime at={cloud.checkedAt} />.
        </Notice>
      ))}
    </div>
  );
}
