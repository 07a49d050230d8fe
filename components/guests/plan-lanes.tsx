import { EmptyState } from "#components/ui/empty-state.tsx";
import { Mono } from "#components/ui/mono.tsx";
import { Section } from "#components/ui/section.tsx";
import { StateMark } from "#components/ui/state-mark.tsx";
import { FIELD_WORDS, type HostFacts, inCell } from "./guest-data.ts";

type Plan = NonNullable<HostFacts["plan"]>;

function Lane({ lane }: { lane: Plan["lanes"][number] }) {
  return (
    <li className="grid gap-1 border-b border-line py-2">
      <span className="flex flex-wrap items-center gap-x-3">
        <span className="font-medium">Guest {lane.vmid}</span>
        <ol aria-label={`Order of guest ${lane.vmid}`} className="flex flex-wrap gap-x-3">
          {lane.actions.map(({ op }, at) => (
            <li key={op}>
              {at + 1}. <Mono>{op}</Mono>
            </li>
          ))}
        </ol>
      </span>
      <ul className="grid text-small text-ink-2">
        {lane.differences.map(({ field, desired, actual }) => (
          <li key={field} className="wrap-anywhere">
            {FIELD_WORDS[field]}: {inCell(actual)} becomes {inCell(desired)}
          </li>
        ))}
      </ul>
    </li>
  );
}

/** What a preview would ask for now, lane by lane, and what is never done from here. */
export function PlanLanes({ plan }: { plan: HostFacts["plan"] }) {
  if (plan === null) return null;
  const { lanes, held, intents } = plan;
  return (
    <Section
      title="What would be done"
      beside={lanes.length}
      description="One lane a guest, each in its order. Nothing runs before a second person has approved exactly these calls."
    >
      {lanes.length === 0 && (
        <EmptyState size="line" title="Nothing.">
          Every guest that stands on both sides is as it is wanted, or may not be touched.
        </EmptyState>
      )}
      <ul aria-label="Lanes">
        {lanes.map((lane) => (
          <Lane key={lane.vmid} lane={lane} />
        ))}
      </ul>
      {held.map(({ vmid, says }) => (
        <p key={vmid} className="text-ink-2">
          {says}
        </p>
      ))}
      {intents.map(({ op, vmid, outcome, says, ignored }, at) => (
        <div key={`${at}-${op}`} className="grid gap-1">
          <StateMark
            state={outcome === "benign" ? "open" : "waiting"}
            label={`${op} of ${vmid === null ? "the whole host" : `guest ${vmid}`}: ${outcome === "benign" ? "benign" : "waits for a signature"}`}
            size="sm"
          />
          <span className="text-small text-ink-2">
            {says}
            {ignored.length > 0 && ` Ignored, because it came from outside: ${ignored.join(", ")}.`}
          </span>
        </div>
      ))}
    </Section>
  );
}
