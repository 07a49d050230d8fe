import type { Catalogue } from "../../operation/definition.ts";
import { DOCUMENT_MAX_BYTES } from "../limits.ts";
import type { Runbook } from "../runbook.ts";
import type { RunbookDocument } from "./model.ts";
import { isOwnForm, readOwn } from "./own.ts";
import { readForeign } from "./read.ts";

/** A text read as what it is; `runbook` is set for one in our own form without errors, which the runner could run. */
export interface ReadText {
  document: RunbookDocument;
  runbook: Runbook | null;
}

/** Reads a runbook in whatever form it is written. Never throws on content. */
export function readRunbookText(text: string, catalogue: Catalogue): ReadText {
  if (new TextEncoder().encode(text).length > DOCUMENT_MAX_BYTES) return refused();
  if (isOwnForm(text)) return readOwn(text, catalogue);
  const document = readForeign(text);
  if (document.pieces.length > 0 && document.stages.length === 0) {
    const says = "The document holds no block that was understood. Its lines were read and are kept.";
    document.diagnostics.push({ code: "document.no_blocks", severity: "error", line: 1, says });
  }
  return { document, runbook: null };
}

function refused(): ReadText {
  const says = `A runbook has at most ${DOCUMENT_MAX_BYTES / 1024 / 1024} MiB. It was not read; split it.`;
  const document = readForeign("");
  document.diagnostics = [{ code: "document.too_large", severity: "error", line: 1, says }];
  return { document, runbook: null };
}
