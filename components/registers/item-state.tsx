import { StateMark } from "#components/ui/state-mark.tsx";
import type { RecordState } from "#server/domain/register/record.ts";
import { STATE_WORDS } from "./words.ts";

export function ItemState({ state, size = "sm" }: { state: RecordState; size?: "sm" | "md" }) {
  const { mark, word } = STATE_WORDS[state];
  return <StateMark state={mark} label={word} size={size} />;
}
