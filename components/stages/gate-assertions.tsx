import { ListChecks } from "lucide-react";
import { Code } from "#components/ui/code.tsx";
import type { RunbookGate } from "#server/domain/runbook/runbook.ts";
import type { KnownValues } from "./fill-known.ts";
import { RunbookText } from "./runbook-text.tsx";

/** What must hold before the next stage opens, as the document says it. */
export function GateAssertions({ gate, known }: { gate: RunbookGate; known: KnownValues }) {
  return (
    <section aria-label={`Gate ${gate.id}`} id={gate.id} className="min-w-0 scroll-mt-16">
      <header className="flex flex-wrap items-center gap-x-3 gap-y-0.5 rounded-md bg-sunken px-3 py-1.5">
        <h3 className="flex items-center gap-1.5 font-medium">
          <ListChecks aria-hidden="true" className="size-4 text-ink-3" />
          Gate
        </h3>
        <span className="text-small text-ink-2">
          All of this must be read back before the stage has passed.
        </span>
      </header>
      <ol className="px-3">
        {gate.assertions.map(({ that, says }) => (
          <li
            key={that}
            className="grid gap-x-4 gap-y-0.5 border-b border-line py-2 last:border-b-0 lg:grid-cols-2"
          >
            <span>
              <RunbookText known={known}>{says}</RunbookText>
            </span>
            <span className="min-w-0 text-small wrap-anywhere">
              <Code>
                <RunbookText known={known}>{that}</RunbookText>
              </Code>
            </span>
          </li>
        ))}
      </ol>
    </section>
  );
}
