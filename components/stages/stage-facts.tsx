import { type Effect, EffectBadge } from "#components/ui/effect-badge.tsx";
import { IDENTITY_WORDS } from "#server/domain/plan/states.ts";
import type { StagePart } from "#server/domain/runbook/runbook.ts";
import type { Operations } from "./block-steps.tsx";

const RANK: readonly Effect[] = ["read", "mutate", "destroy"];

/** Who, where and with what effect, before anything is planned. */
export function StageFacts({
  parts,
  operations,
  cloudName,
}: {
  parts: readonly StagePart[];
  operations: Operations;
  cloudName: string;
}) {
  const blocks = parts.flatMap((part) => (part.kind === "block" ? [part.block] : []));
  const identities = [...new Set(blocks.map((block) => IDENTITY_WORDS[block.as].toLowerCase()))];
  const effect = Object.values(operations).reduce<Effect>(
    (worst, one) => (RANK.indexOf(one.effect) > RANK.indexOf(worst) ? one.effect : worst),
    "read",
  );
  return (
    <span className="inline-flex flex-wrap items-center gap-x-2 gap-y-1">
      <EffectBadge effect={effect} />
      <span>
        as {identities.join(", ")} on cloud <span className="font-medium text-ink">{cloudName}</span>
      </span>
    </span>
  );
}
