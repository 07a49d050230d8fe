import { readHardening } from "./changelog/hardening.ts";
import { readRunning } from "./changelog/running.ts";
import { readDecisions } from "./decision/read.ts";
import type { Diagnostic, UnplacedLine } from "./diagnostics.ts";
import { readDocfix } from "./docfix/docfix.ts";
import type { DocumentContent, RegisterDocument } from "./document.ts";
import { proposeLinks } from "./handoff/links.ts";
import { readHandoff } from "./handoff/read.ts";
import { beginsRecord, kindOf } from "./kind.ts";
import { readSecurityLedger } from "./ledger/security.ts";
import { readSessionLedger } from "./ledger/session.ts";
import { readSessions } from "./ledger/sessions.ts";
import { readBytes } from "./source/bytes.ts";
import { decode, type Encoding } from "./source/decode.ts";
import { type DocumentText, documentText, isBlank, isRule, textAt } from "./source/document-text.ts";
import { findDamage } from "./text/damage.ts";
import { findCharacters } from "./text/characters.ts";

/**
 * Registers have some thousand lines, and 10 MiB of one some 230,000; more than this are refused before they are read,
 * so that what a document costs stays bounded.
 */
const LINES_MAX = 300_000;

/** What was in a file: one document, or those of a patch. */
export interface ReadFile {
  encoding: Encoding;
  /** False when the bytes cannot be given back as they were; then nothing of it may be imported. */
  isExact: boolean;
  documents: RegisterDocument[];
  /** About the file as a whole; those about a document stand with it. */
  diagnostics: Diagnostic[];
}

/** Reads the bytes of a register, a patch of one, or anything else. Never throws on content. */
export function readRegister(bytes: Uint8Array, path: string | null): ReadFile {
  const { text, isExact, diagnostics } = readBytes(bytes);
  if (text === "" && !isExact) return { encoding: "plain", isExact, documents: [], diagnostics };
  const read = readRegisterText(text, path);
  return { ...read, isExact: isExact && read.isExact, diagnostics: [...diagnostics, ...read.diagnostics] };
}

/** Reads a text that was pasted. */
export function readRegisterText(text: string, path: string | null): ReadFile {
  if (hasTooManyLines(text)) return tooLong();
  const { encoding, files, diagnostics } = decode(text, path);
  const documents: RegisterDocument[] = [];
  for (const file of files) {
    const lines = documentText(file.text, beginsRecord);
    // Lines that were joined were cut again.
    if (lines.source.count > LINES_MAX) return tooLong();
    documents.push(readDocument(lines, file));
  }
  return { encoding, isExact: true, documents, diagnostics };
}

/** Counts no further than it must: what is refused costs no more than looking for its lines. */
function hasTooManyLines(text: string): boolean {
  let count = 0;
  for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) {
    count += 1;
    if (count > LINES_MAX) return true;
  }
  if (!text.includes("\r")) return false;
  for (let at = text.indexOf("\r"); at !== -1; at = text.indexOf("\r", at + 1)) {
    if (text[at + 1] !== "\n") count += 1;
    if (count > LINES_MAX) return true;
  }
  return false;
}

function tooLong(): ReadFile {
  const says = `The document has more than ${LINES_MAX} lines. It was not read; split it.`;
  return {
    encoding: "plain",
    isExact: false,
    documents: [],
    diagnostics: [{ code: "document.too_long", severity: "error", line: 1, says }],
  };
}

/** Reads a text that was taken out of its wrapping before, such as a version that was kept. */
export function readPlain(text: string, path: string): RegisterDocument {
  return readDocument(documentText(text, beginsRecord), { path, isWhole: true });
}

/** So many of one kind; nobody reads the ten-thousandth. */
const SAME_MAX = 1000;

function limited(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  if (diagnostics.length <= SAME_MAX) return [...diagnostics];
  const counts = new Map<string, number>();
  const kept = diagnostics.filter(({ code }) => {
    const count = (counts.get(code) ?? 0) + 1;
    counts.set(code, count);
    return count <= SAME_MAX;
  });
  const says = `${diagnostics.length - kept.length} more remarks of the same kinds were left out.`;
  return kept.length === diagnostics.length
    ? kept
    : [...kept, { code: "document.more", severity: "warning", line: kept.at(-1)?.line ?? 1, says }];
}

function readDocument(
  text: DocumentText,
  { path, isWhole }: { path: string | null; isWhole: boolean },
): RegisterDocument {
  const { content, unplaced, diagnostics } = readContent(text);
  const all = [
    ...limited(diagnostics),
    ...unclosed(text),
    ...findDamage(text.source),
    ...findCharacters(text.source),
  ];
  return {
    path,
    isWhole,
    text,
    content,
    unplaced,
    diagnostics: all.sort((one, other) => one.line - other.line),
  };
}

interface ReadContent {
  content: DocumentContent;
  unplaced: UnplacedLine[];
  diagnostics: Diagnostic[];
}

function readContent(text: DocumentText): ReadContent {
  const kind = kindOf(text);
  switch (kind) {
    case "handoff": {
      const { head, sections, items, unplaced, diagnostics } = readHandoff(text);
      const handoff = { head, sections, items, links: proposeLinks(items, sections) };
      return { content: { kind, handoff }, unplaced, diagnostics };
    }
    case "decisions": {
      const { title, decisions, unplaced, diagnostics } = readDecisions(text);
      return { content: { kind, title, decisions }, unplaced, diagnostics };
    }
    case "changelog": {
      const { changelog, unplaced, diagnostics } = readHardening(text);
      return { content: { kind, changelog }, unplaced, diagnostics };
    }
    case "running_changelog": {
      const { changelog, unplaced } = readRunning(text);
      return { content: { kind, changelog }, unplaced, diagnostics: [] };
    }
    case "docfix": {
      const { draft, unplaced, diagnostics } = readDocfix(text);
      return { content: { kind, draft }, unplaced, diagnostics };
    }
    case "security_ledger": {
      const { ledger, unplaced, diagnostics } = readSecurityLedger(text);
      return { content: { kind, ledger }, unplaced, diagnostics };
    }
    case "session_ledger": {
      const { ledger, unplaced } = readSessionLedger(text);
      return { content: { kind, ledger }, unplaced, diagnostics: [] };
    }
    case "session_index": {
      const { title, sessions, unplaced } = readSessions(text);
      return { content: { kind, title, sessions }, unplaced, diagnostics: [] };
    }
    case "unknown":
      return { content: { kind }, unplaced: allLines(text), diagnostics: notUnderstood(text) };
  }
}

function allLines(text: DocumentText): UnplacedLine[] {
  const lines: UnplacedLine[] = [];
  for (let at = 0; at < text.source.count; at += 1) {
    const isSaid = !isBlank(text, at) && !isRule(text, at);
    if (isSaid) lines.push({ line: at + 1, text: textAt(text, at) });
  }
  return lines;
}

function notUnderstood(text: DocumentText): Diagnostic[] {
  if (text.source.count === 0)
    return [{ code: "document.empty", severity: "note", line: 1, says: "The document is empty." }];
  const says =
    "The document has none of the known forms. Its lines were read and are kept; none was understood.";
  return [{ code: "document.unknown", severity: "warning", line: 1, says }];
}

function unclosed({ fences }: DocumentText): Diagnostic[] {
  const says = "A fenced block is never closed. It was ended before the next record, or at the end.";
  return fences
    .filter(({ isClosed }) => !isClosed)
    .map(({ first }) => ({ code: "fence.unclosed", severity: "error" as const, line: first + 1, says }));
}
