import { ArrowRight } from "lucide-react";
import { Badge } from "#components/ui/badge.tsx";

export type AnswerKind = "allow" | "deny" | "exception";

const WORDS = {
  allow: { word: "allowed", tone: "ok" },
  deny: { word: "denied", tone: "neutral" },
  exception: { word: "raises", tone: "bad" },
} as const;

/** What a policy answers, in a word. */
export function AnswerMark({ kind }: { kind: AnswerKind }) {
  const { word, tone } = WORDS[kind];
  return <Badge tone={tone}>{word}</Badge>;
}

/** An answer before and after; one mark where it stays. */
export function AnswerChange({ before, after }: { before: AnswerKind; after: AnswerKind }) {
  if (before === after) return <AnswerMark kind={after} />;
  return (
    <span className="inline-flex items-center gap-1">
      <AnswerMark kind={before} />
      <ArrowRight aria-hidden="true" className="size-3 text-ink-3" />
      <span className="sr-only">then</span>
      <AnswerMark kind={after} />
    </span>
  );
}
