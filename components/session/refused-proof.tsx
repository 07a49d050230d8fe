import { ButtonLink } from "#components/ui/button.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { refusalWords } from "./refusal-words.ts";

/** Somebody who is signed in did not prove it once more: why, and the way back. */
export function RefusedProof({ reason, returnPath }: { reason: string; returnPath: string }) {
  const words = refusalWords(reason);
  return (
    <div className="grid gap-4">
      <Notice kind="danger" title={words.title} live>
        {words.next}
      </Notice>
      <p className="text-ink-2">You are signed in as before.</p>
      <ButtonLink size="lg" variant="primary" href={returnPath}>
        Go back
      </ButtonLink>
    </div>
  );
}
