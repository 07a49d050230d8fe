import { CodeBlock } from "#components/ui/code.tsx";
import { KeyValueList, type KeyValueRow } from "#components/ui/key-value.tsx";
import { VisibleScript, VisibleText } from "#components/ui/visible-text.tsx";
import type { PlannedStep } from "#server/domain/plan/plan.ts";
import { plannedShellSchema, type Take } from "#server/domain/shell/schema.ts";

function takeInWords(take: Take): string {
  if ("json" in take) return `${take.json} of its JSON`;
  return "found" in take ? `whether /${take.found}/ is found` : `the match of /${take.matches}/`;
}

function named(values: readonly (readonly [string, string])[]) {
  return (
    <span className="grid gap-0.5 font-mono text-small">
      {values.map(([name, value]) => (
        <span key={name} className="break-all">
          <VisibleText>{name}</VisibleText>{" "}
          <span className="text-ink-3">
            <VisibleText>{value}</VisibleText>
          </span>
        </span>
      ))}
    </span>
  );
}

/** What a step on a host will do, whole: its text to the byte, where and as whom, everything it is given. */
export function ShellStep({ step }: { step: PlannedStep }) {
  const parsed = plannedShellSchema.safeParse(step.parameters);
  if (!parsed.success) return null;
  const { host, account, script, environment, secrets, take, timeSeconds, byHand } = parsed.data;
  const takes = Object.entries(take).map(([name, one]) => [name, takeInWords(one)] as const);
  const sealed = Object.entries(secrets).map(
    ([name, fingerprint]) => [name, `fingerprint ${fingerprint.slice(0, 4)}`] as const,
  );
  const rows: KeyValueRow[] = [
    ...(byHand === true
      ? [{ key: "Run by", value: "A person, who pastes what it printed. The runner does not connect." }]
      : []),
    { key: "Host", value: <VisibleText>{`${host.name}: ${host.where}`}</VisibleText> },
    { key: "Account", value: <VisibleText>{account}</VisibleText> },
    ...(host.hostKeys.length === 0
      ? []
      : [
          {
            key: "Known by",
            value: <span className="font-mono text-small break-all">{host.hostKeys.join(", ")}</span>,
          },
        ]),
    {
      key: "Environment",
      value:
        Object.keys(environment).length === 0 ? "Nothing of its own" : named(Object.entries(environment)),
    },
    ...(sealed.length === 0 ? [] : [{ key: "Secrets, as private files", value: named(sealed) }]),
    ...(takes.length === 0 ? [] : [{ key: "Taken out of its output", value: named(takes) }]),
    { key: "Ended after", value: `${timeSeconds} s` },
  ];
  return (
    <div className="grid gap-2">
      <CodeBlock title={`Text of step ${step.id}, as bash gets it`} copyText={script} maxHeight={360}>
        <VisibleScript>{script}</VisibleScript>
      </CodeBlock>
      <KeyValueList rows={rows} className="text-small" />
    </div>
  );
}
