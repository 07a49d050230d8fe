import { SearchX } from "lucide-react";
import { ButtonLink } from "#components/ui/button.tsx";

/** Inside the frame: the rail and the palette stay at hand. */
export default function ConsoleNotFound() {
  return (
    <div className="mx-auto grid max-w-105 justify-items-center gap-2 px-4 py-16 text-center">
      <SearchX aria-hidden="true" className="mb-1 size-7 text-ink-3" />
      <h1 className="text-lead font-medium">There is nothing at this address</h1>
      <p className="text-balance text-ink-2">
        It was mistyped, or what stood here is not visible to you. Nothing was changed.
      </p>
      <ButtonLink href="/inbox" className="mt-3">
        Go to the inbox
      </ButtonLink>
    </div>
  );
}
