import type { ImportAnswers, Side } from "#server/domain/register/import/schema.ts";
import { Badge, type Tone } from "#components/ui/badge.tsx";
import { Mono } from "#components/ui/mono.tsx";
import { Select } from "#components/ui/select.tsx";
import { fieldSide, isWhole, wholeSide, withField, withWhole } from "./answers.ts";
import type { PreviewedDocument } from "./upload.ts";

type Change = PreviewedDocument["changes"][number];
type ChangesProps = {
  changes: readonly Change[];
  answers: ImportAnswers;
  onAnswers: (answers: ImportAnswers) => void;
};

const SIDES: Record<Change["side"], { words: string; tone: Tone }> = {
  theirs: { words: "in the document", tone: "accent" },
  ours: { words: "in the console", tone: "neutral" },
  both: { words: "in both alike", tone: "ok" },
  conflict: { words: "in both, differently", tone: "bad" },
};

/** What differs, record by record and field by field, each with the side that is to hold. */
export function ImportChanges({ changes, answers, onAnswers }: ChangesProps) {
  return (
    <ol className="divide-y divide-line rounded-md border border-line">
      {changes.map((change) => (
        <li key={change.key} className="grid gap-2 px-3 py-2.5">
          <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
            <Mono>{change.code}</Mono>
            <span>{change.change}</span>
            <Badge tone={SIDES[change.side].tone}>{SIDES[change.side].words}</Badge>
            {isWhole(change) && (
              <Choice
                label={`What holds for ${change.code}`}
                options={wholeOptions(change)}
                side={wholeSide(change, answers)}
                onSide={(side) => onAnswers(withWhole(answers, change.key, side))}
              />
            )}
          </div>
          {!isWhole(change) &&
            change.fields.map((field) => (
              <Field
                key={field.field}
                field={field}
                code={change.code}
                side={fieldSide(change, field, answers)}
                onSide={(side) => onAnswers(withField(answers, change.key, { field: field.field, side }))}
              />
            ))}
        </li>
      ))}
    </ol>
  );
}

function wholeOptions({ change, side }: Change) {
  if (change === "added" && side === "theirs")
    return [
      { value: "theirs", label: "Take it in" },
      { value: "ours", label: "Leave it out" },
    ];
  if (change === "added") return [{ value: "ours", label: "Keep it" }];
  if (side === "ours")
    return [
      { value: "ours", label: "Leave it out" },
      { value: "theirs", label: "Bring it back" },
    ];
  return [
    { value: "ours", label: "Keep it" },
    { value: "theirs", label: "Take it out" },
  ];
}

const FIELD_OPTIONS = [
  { value: "theirs", label: "Take the document's" },
  { value: "ours", label: "Keep the console's" },
];

function Field({
  field,
  code,
  side,
  onSide,
}: {
  field: Change["fields"][number];
  code: string;
  side: Side | null;
  onSide: (side: Side) => void;
}) {
  const texts = [
    { name: "Imported last", text: field.base },
    { name: "In the document", text: field.theirs },
    { name: "In the console", text: field.ours },
  ];
  return (
    <div className="grid gap-1.5 border-l-2 border-line pl-3">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <span className="font-medium">{field.field}</span>
        <span className="text-small text-ink-3">changed {SIDES[field.side].words}</span>
        {field.side !== "both" && (
          <Choice
            label={`What holds for ${field.field} of ${code}`}
            options={FIELD_OPTIONS}
            side={side}
            onSide={onSide}
          />
        )}
      </div>
      <dl className="grid gap-2 md:grid-cols-3">
        {texts.map(({ name, text }) => (
          <div key={name} className="min-w-0">
            <dt className="text-small text-ink-3">{name}</dt>
            <dd className="whitespace-pre-wrap wrap-anywhere">
              {text ?? <span className="text-ink-3">nothing</span>}
            </dd>
          </div>
        ))}
      </dl>
    </div>
  );
}

function Choice({
  label,
  options,
  side,
  onSide,
}: {
  label: string;
  options: readonly { value: string; label: string }[];
  side: Side | null;
  onSide: (side: Side) => void;
}) {
  return (
    <Select
      aria-label={label}
      className="ml-auto w-48"
      options={options}
      placeholder="Choose"
      value={side ?? ""}
      onChange={({ target }) => onSide(target.value === "theirs" ? "theirs" : "ours")}
    />
  );
}
