import { Badge } from "#components/ui/badge.tsx";
import { CodeBlock } from "#components/ui/code.tsx";
import { KeyValueList } from "#components/ui/key-value.tsx";
import { Section } from "#components/ui/section.tsx";
import { FindingList } from "./finding-list.tsx";
import type { OutlineFacts } from "./runbook-data.ts";

type Stage = OutlineFacts["stages"][number];
type Block = Stage["blocks"][number];
type Placed = { text: string; line: number };

/** What is in a runbook of another form: what it claims, its blocks with place and identity, and what is ambiguous. */
export function DocumentOutline({
  outline,
  onLine,
}: {
  outline: OutlineFacts;
  onLine?: (line: number) => void;
}) {
  const blocks = outline.stages.flatMap((stage) => stage.blocks);
  const stages = outline.stages.filter(({ origin }) => origin !== "none");
  const errors = outline.diagnostics.filter(({ severity }) => severity === "error").length;
  return (
    <div className="grid gap-8">
      <KeyValueList
        rows={[
          { key: "Title", value: outline.title ?? "It has none" },
          ...(outline.path === null ? [] : [{ key: "From", value: outline.path }]),
          {
            key: "Holds",
            value: [
              counted(stages.length, "stage"),
              counted(blocks.length, "block"),
              counted(outline.findings.length, "finding"),
              counted(outline.openItems.length, "open item"),
            ].join(", "),
          },
          { key: "Refers to", value: outline.references.map(({ text }) => text).join(", ") || "Nothing" },
          {
            key: "Not understood",
            value: outline.unplaced.length === 0 ? "No line" : `${outline.unplaced.length} lines`,
          },
        ]}
      />
      <Section
        title="What is wrong or ambiguous"
        beside={`${counted(errors, "error")}, ${counted(outline.diagnostics.length - errors, "warning")}`}
      >
        <FindingList findings={outline.diagnostics} {...(onLine ? { onLine } : {})} />
      </Section>
      <Section
        title="Stages"
        beside={stages.length}
        description="What it claims of itself proves nothing here: a marker is computed from runs."
      >
        {outline.stages.map((stage) => (
          <StageOutline key={`${stage.key} ${stage.line}`} stage={stage} markers={outline.markers} />
        ))}
      </Section>
      <Said title="Findings" said={outline.findings} />
      <Said title="Open items" said={outline.openItems} />
      <Said title="Status" said={outline.statuses} />
      <Said title="Lines that were not understood" said={outline.unplaced} />
    </div>
  );
}

function StageOutline({ stage, markers }: { stage: Stage; markers: OutlineFacts["markers"] }) {
  const own = markers.filter(({ stageKey, blockId }) => stageKey === stage.key && blockId === null);
  const words = [...new Map(own.map((marker) => [marker.words, marker])).values()];
  return (
    <article
      aria-label={stage.origin === "none" ? "Outside of any stage" : `Stage ${stage.key}`}
      className="grid gap-3 pb-4"
    >
      <header className="flex flex-wrap items-center gap-2">
        <h3 className="font-medium wrap-anywhere">
          {stage.origin === "none" ? stage.title : `Stage ${stage.key.replace("-", "/")}: ${stage.title}`}
        </h3>
        {words.map((marker) => (
          <Badge key={marker.words}>{marker.words.replace(/^\[|\]$/g, "").slice(0, 60)}</Badge>
        ))}
        <span className="ml-auto text-small text-ink-3">Line {stage.line}</span>
      </header>
      {[...stage.cautions, ...stage.statuses].map((said) => (
        <p key={said.line} className="max-w-[70ch] text-ink-2 wrap-anywhere">
          {said.text}
        </p>
      ))}
      {stage.blocks.map((block) => (
        <BlockOutline key={`${block.id ?? ""} ${block.line}`} block={block} />
      ))}
    </article>
  );
}

function BlockOutline({ block }: { block: Block }) {
  const as = block.identities
    .map(({ name, part }) => (part === null ? name : `${name} (${part})`))
    .join(", ");
  const name = block.id ?? block.title ?? `Block in line ${block.line}`;
  return (
    <section aria-label={name} className="grid min-w-0 gap-2 border-l-2 border-line pl-3">
      <header className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <Badge tone={block.kind === "check" ? "neutral" : block.kind === "run" ? "wait" : "bad"}>
          {block.kind === null ? "No known kind" : block.kind === "run" ? "RUN" : "CHECK, read-only"}
        </Badge>
        <h4 className="font-mono text-small wrap-anywhere">{name}</h4>
        <span className="text-small text-ink-2">
          {block.host === null ? "Nobody says where" : `On ${block.host}`},{" "}
          {as === "" ? "nobody says as whom" : `as ${as}`}
        </span>
        <span className="ml-auto text-small text-ink-3">
          Lines {block.line} to {block.lastLine}
        </span>
      </header>
      {block.cautions.map(({ text, line }) => (
        <p key={line} className="max-w-[70ch] text-wait wrap-anywhere">
          {text}
        </p>
      ))}
      <CodeBlock title={`Commands of ${name}`} hideTitle maxHeight={200}>
        {block.text}
      </CodeBlock>
      {[...block.expects, ...block.gates].map(({ text, line }) => (
        <p key={line} className="max-w-[80ch] wrap-anywhere">
          {text}
        </p>
      ))}
    </section>
  );
}

function Said({ title, said }: { title: string; said: readonly Placed[] }) {
  if (said.length === 0) return null;
  return (
    <Section title={title} beside={said.length}>
      <ul className="grid gap-2">
        {said.map(({ text, line }) => (
          <li key={`${line} ${text}`} className="grid max-w-[90ch] grid-cols-[4.5rem_minmax(0,1fr)] gap-3">
            <span className="tnum text-small text-ink-3">Line {line}</span>
            <span className="whitespace-pre-wrap wrap-anywhere">{text}</span>
          </li>
        ))}
      </ul>
    </Section>
  );
}

const counted = (count: number, word: string) => `${count} ${word}${count === 1 ? "" : "s"}`;
