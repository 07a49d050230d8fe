import { UserRound } from "lucide-react";
import type { ReactNode } from "react";
import { ManualStep } from "#components/hand/manual-step.tsx";
import { Code, CodeBlock } from "#components/ui/code.tsx";
import { type Effect, EffectBadge } from "#components/ui/effect-badge.tsx";
import { IDENTITY_WORDS } from "#server/domain/plan/states.ts";
import type { RunbookBlock, RunbookStep } from "#server/domain/runbook/runbook.ts";
import type { KnownValues } from "./fill-known.ts";
import { RunbookText } from "./runbook-text.tsx";

/** What operations are called and do, by id. */
export type Operations = Readonly<Record<string, { title: string; effect: Effect }>>;

function Names({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div className="flex gap-2 text-small">
      <dt className="w-14 shrink-0 text-ink-3">{label}</dt>
      <dd className="flex min-w-0 flex-wrap gap-x-1.5 gap-y-1 wrap-anywhere">{children}</dd>
    </div>
  );
}

type StepProps = { step: RunbookStep; operations: Operations; known: KnownValues };

function Step({ step, operations, known }: StepProps) {
  const operation = operations[step.operation];
  const saves = Object.entries(step.save);
  return (
    <li className="grid gap-1.5 border-b border-line py-2.5 last:border-b-0">
      <div className="flex flex-wrap items-baseline gap-x-3 gap-y-1">
        <span className="min-w-0 flex-1 basis-52 font-medium">
          <RunbookText known={known}>{step.title}</RunbookText>
        </span>
        <span data-hint={operation?.title} className="font-mono text-small text-ink-2">
          {step.operation}
        </span>
        <EffectBadge effect={operation?.effect ?? "destroy"} />
      </div>
      {typeof step.with["script"] === "string" && (
        <CodeBlock title={`Text of step ${step.id}`} copyText={step.with["script"]} maxHeight={320}>
          {step.with["script"]}
        </CodeBlock>
      )}
      <ManualStep stepId={step.id} parameters={step.with} />
      {(saves.length > 0 || step.expect.length > 0 || step.retry !== undefined) && (
        <dl className="grid gap-1">
          {step.retry !== undefined && <Names label="Tried">up to {step.retry + 1} times</Names>}
          {step.expect.length > 0 && (
            <Names label="Expects">
              {step.expect.map((that) => (
                <Code key={that}>
                  <RunbookText known={known}>{that}</RunbookText>
                </Code>
              ))}
            </Names>
          )}
          {saves.length > 0 && (
            <Names label="Saves">
              {saves.map(([name, from]) => (
                <Code key={name}>{name === from ? name : `${name} = ${from}`}</Code>
              ))}
            </Names>
          )}
        </dl>
      )}
    </li>
  );
}

type BlockStepsProps = {
  block: RunbookBlock;
  operations: Operations;
  known: KnownValues;
  /** Stands at the right end of the head. */
  beside?: ReactNode;
};

/** A block of the runbook as the list of its typed steps, under the identity that it runs as. */
export function BlockSteps({ block, operations, known, beside }: BlockStepsProps) {
  return (
    <section aria-label={`Block ${block.title}`} id={block.id} className="min-w-0 scroll-mt-16">
      <header className="flex flex-wrap items-center gap-x-3 gap-y-0.5 rounded-md bg-sunken px-3 py-1.5">
        <h3 className="flex items-center gap-1.5 font-medium">
          <UserRound aria-hidden="true" className="size-4 text-ink-3" />
          {block.on === undefined
            ? `As ${IDENTITY_WORDS[block.as].toLowerCase()}`
            : `${block.on.kind === "check" ? "CHECK" : "RUN"} on ${block.on.host}, as ${block.on.account}${block.on.byHand ? ", by hand" : ""}`}
        </h3>
        <span className="min-w-0 text-small text-ink-2">
          <RunbookText known={known}>{block.title}</RunbookText>
        </span>
        {beside !== undefined && <span className="ml-auto text-small text-ink-3">{beside}</span>}
      </header>
      <ol className="px-3">
        {block.steps.map((step) => (
          <Step key={step.id} step={step} operations={operations} known={known} />
        ))}
      </ol>
    </section>
  );
}
