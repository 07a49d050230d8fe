import type { ReactNode } from "react";
import { CodeBlock } from "./code.tsx";
import { ReferenceText } from "./reference-text.tsx";
import { VisibleText } from "./visible-text.tsx";

export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

function block(open: string, close: string, lines: readonly ReactNode[]): ReactNode {
  if (lines.length === 0) return `${open}${close}`;
  return (
    <>
      {open}
      {"\n"}
      {lines}
      {close}
    </>
  );
}

function Value({ value, depth }: { value: Json; depth: number }): ReactNode {
  const indent = "  ".repeat(depth + 1);
  const end = "  ".repeat(depth);
  if (typeof value === "string") {
    return (
      <span className="text-ok">
        <ReferenceText>{JSON.stringify(value)}</ReferenceText>
      </span>
    );
  }
  if (value === null || typeof value !== "object") return <span className="text-fix">{String(value)}</span>;
  if (isList(value)) {
    const lines = value.map((each, at) => (
      <span key={at}>
        {indent}
        <Value value={each} depth={depth + 1} />
        {at < value.length - 1 ? ",\n" : `\n${end}`}
      </span>
    ));
    return block("[", "]", lines);
  }
  const entries = Object.entries(value);
  const lines = entries.map(([key, each], at) => (
    <span key={key}>
      {indent}
      <span className="text-ink-2">
        <VisibleText>{JSON.stringify(key)}</VisibleText>
      </span>
      {": "}
      <Value value={each} depth={depth + 1} />
      {at < entries.length - 1 ? ",\n" : `\n${end}`}
    </span>
  ));
  return block("{", "}", lines);
}

type JsonViewProps = { value: Json; title: string; hideTitle?: boolean; maxHeight?: number; copy?: boolean };

/** A body, pretty printed; `{{secret:name}}` and `{{step.value}}` are set apart from literal text. */
export function JsonView({ value, title, hideTitle = false, maxHeight, copy = true }: JsonViewProps) {
  return (
    <CodeBlock
      title={title}
      hideTitle={hideTitle}
      {...(copy ? { copyText: JSON.stringify(value, null, 2) } : {})}
      {...(maxHeight === undefined ? {} : { maxHeight })}
    >
      <Value value={value} depth={0} />
    </CodeBlock>
  );
}
