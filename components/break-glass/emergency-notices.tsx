import type { Session } from "#components/session/use-session.ts";
import { Link } from "#components/ui/link.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";

/** On every page, for everybody, until two people have looked at it: a change was let go without its approval. */
export function EmergencyNotices({ emergencies }: { emergencies: Session["emergencies"] }) {
  return emergencies.map((one) => (
    <Notice
      key={one.jobId}
      kind="danger"
      live
      title={`${one.isOverdue ? "Overdue: " : ""}${one.name} broke the glass for job ${one.number}, ${one.stageTitle}`}
      action={<Link href={`/jobs/${one.jobId}`}>{one.may.allowed ? "Look at it" : "Open"}</Link>}
    >
      <p>
        It went without its approval <RelativeTime at={one.at} />: &quot;{one.reason}&quot;
      </p>
      <p>
        {one.reviews} of {one.needed} people have looked at it; {one.isOverdue ? "it was due" : "it is due"}{" "}
        <RelativeTime at={one.reviewBy} />.
      </p>
    </Notice>
  ));
}
