import { Mono } from "#components/ui/mono.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { Section } from "#components/ui/section.tsx";
import { CHANGE_WORDS, type HostFacts } from "./guest-data.ts";

type Generation = HostFacts["generations"][number];

function Changes({ changes, more }: Pick<Generation, "changes" | "more">) {
  if (changes.length === 0) return <span className="text-small text-ink-2">Wants nothing otherwise.</span>;
  return (
    <ul className="grid text-small text-ink-2">
      {changes.map(({ vmid, field, before, after }, at) => (
        <li key={`${vmid}-${field}-${at}`} className="wrap-anywhere">
          {vmid === null ? "Host" : `Guest ${vmid}`}, {CHANGE_WORDS[field]}: {before ?? "anything"} becomes{" "}
          {after ?? "anything"}
        </li>
      ))}
      {more > 0 && <li>and {more} more</li>}
    </ul>
  );
}

/** Every save with what it wants otherwise than the one before, in normal form. */
export function Generations({ generations }: { generations: HostFacts["generations"] }) {
  if (generations.length === 0) return null;
  return (
    <Section
      title="Generations"
      beside={generations.length}
      description="Each with what it wants otherwise than the one before. The same said in another way is no change."
    >
      <ul className="grid gap-3" aria-label="Generations">
        {generations.map(({ generation, reason, at, by, changes, more }) => (
          <li key={generation} className="grid gap-1">
            <span className="flex flex-wrap gap-x-3">
              <Mono>{String(generation)}</Mono>
              <span className="min-w-0 wrap-anywhere">{reason}</span>
              <span className="text-ink-2">
                {by}, <RelativeTime at={at} />
              </span>
            </span>
            <Changes changes={changes} more={more} />
          </li>
        ))}
      </ul>
    </Section>
  );
}
