import type { ImportAnswers } from "#server/domain/register/import/schema.ts";
import { Badge } from "#components/ui/badge.tsx";
import { Mono } from "#components/ui/mono.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { Section } from "#components/ui/section.tsx";
import { KIND_WORDS } from "../documents/document-data.ts";
import { ImportChanges } from "./import-changes.tsx";
import type { PreviewedDocument } from "./upload.ts";

type PreviewProps = {
  document: PreviewedDocument;
  answers: ImportAnswers;
  onAnswers: (answers: ImportAnswers) => void;
};

/** What was read of one document, and what an import would do. */
export function ImportPreviewOf({ document, answers, onAnswers }: PreviewProps) {
  const { path, kind, counts, known, obstacle, isSameText } = document;
  return (
    <section aria-label={path} className="grid gap-5">
      <div className="flex flex-wrap items-baseline gap-x-3">
        <h2 className="text-lead font-medium wrap-anywhere">{path}</h2>
        <span className="text-ink-2">
          {KIND_WORDS[kind]}, {document.lines} lines, {counts.records} records, {counts.unplaced} lines not
          understood
          {known === null ? "; new here" : `; version ${known.version} was imported before`}
        </span>
      </div>
      {obstacle !== null && <Notice kind="danger" title={obstacle} />}
      {document.isPart && (
        <Notice title="This is a part of a file: what is new in it is added, everything else stays as it is.">
          {counts.records === 0 && "It has nothing new for the registers and is left out."}
        </Notice>
      )}
      {isSameText && counts.changes === 0 && (
        <Notice title="It is the text that was imported last. An import would change nothing." />
      )}
      <Taken document={document} />
      {known !== null && obstacle === null && counts.changes > 0 && (
        <Section title="What differs" beside={counts.changes}>
          <ImportChanges changes={document.changes} answers={answers} onAnswers={onAnswers} />
        </Section>
      )}
      <Remarks document={document} />
      <Records document={document} />
      <Links document={document} />
    </section>
  );
}

function Taken({ document: { taken, counts } }: { document: PreviewedDocument }) {
  if (taken.length === 0) return null;
  return (
    <Notice
      kind="warning"
      title={`${counts.taken} ${counts.taken === 1 ? "number is" : "numbers are"} taken by somebody else.`}
    >
      <ul className="grid gap-1">
        {taken.slice(0, 20).map(({ id, says }) => (
          <li key={id}>{says}</li>
        ))}
      </ul>
    </Notice>
  );
}

const SHOWN = 100;

function Remarks({ document: { unplaced, diagnostics, counts } }: { document: PreviewedDocument }) {
  return (
    <>
      {unplaced.length > 0 && (
        <Section
          title="Lines that were not understood"
          beside={counts.unplaced}
          description="They stay in the document and are given back with it; no register has them."
        >
          <ol className="grid gap-0.5 font-mono text-small">
            {unplaced.slice(0, SHOWN).map(({ line, text }) => (
              <li key={line} className="flex gap-3">
                <span className="tnum w-12 shrink-0 text-right text-ink-3">{line}</span>
                <span className="min-w-0 wrap-anywhere">{text.slice(0, 300)}</span>
              </li>
            ))}
          </ol>
        </Section>
      )}
      {diagnostics.length > 0 && (
        <Section title="Remarks" beside={counts.diagnostics}>
          <ol className="grid gap-1">
            {diagnostics.slice(0, SHOWN).map(({ code, severity, line, says }, at) => (
              <li key={`${code} ${line} ${at}`} className="flex flex-wrap items-baseline gap-x-3">
                <Badge tone={severity === "error" ? "bad" : severity === "warning" ? "wait" : "neutral"}>
                  {severity}
                </Badge>
                <span className="tnum text-ink-3">line {line}</span>
                <span className="min-w-0 flex-1 wrap-anywhere">{says}</span>
              </li>
            ))}
          </ol>
        </Section>
      )}
    </>
  );
}

function Records({ document: { records, counts } }: { document: PreviewedDocument }) {
  if (records.length === 0) return null;
  return (
    <Section
      title="Records"
      beside={
        counts.records > records.length ? `${records.length} of ${counts.records} shown` : counts.records
      }
    >
      <ol className="divide-y divide-line rounded-md border border-line">
        {records.map(({ key, code, title, state, lines, fields }) => (
          <li key={key}>
            <details className="group">
              <summary className="focus-inset flex cursor-pointer flex-wrap items-baseline gap-x-3 px-3 py-2 hover:bg-hover">
                <Mono>{code}</Mono>
                <span className="min-w-0 flex-1 wrap-anywhere">{title}</span>
                <span className="text-small text-ink-3">
                  {state.replaceAll("_", " ")}, line {lines.first}
                </span>
              </summary>
              <dl className="grid gap-2 px-3 pb-3">
                {fields.map(({ name, text }) => (
                  <div key={name} className="min-w-0">
                    <dt className="text-small text-ink-3">{name}</dt>
                    <dd className="whitespace-pre-wrap wrap-anywhere">{text}</dd>
                  </div>
                ))}
              </dl>
            </details>
          </li>
        ))}
      </ol>
    </Section>
  );
}

function Links({ document: { links, counts } }: { document: PreviewedDocument }) {
  if (links.length === 0) return null;
  return (
    <Section
      title="Links that the text proposes"
      beside={counts.links}
      description="They come in as proposals; a person confirms or drops each one at its item."
    >
      <ol className="grid gap-1">
        {links.slice(0, SHOWN).map(({ from, to, kind, because }) => (
          <li key={`${from} ${kind} ${to}`} className="flex flex-wrap items-baseline gap-x-2">
            <Mono>{from}</Mono> {kind.replaceAll("_", " ")} <Mono>{to}</Mono>
            <span className="min-w-0 text-ink-3 wrap-anywhere">{because}</span>
          </li>
        ))}
      </ol>
    </Section>
  );
}
