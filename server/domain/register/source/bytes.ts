import type { Diagnostic } from "../diagnostics.ts";

/** Registers are some 10 KiB; ten times the largest that must be read quickly is still refused. */
export const DOCUMENT_MAX_BYTES = 16 * 1024 * 1024;

export interface ReadBytes {
  /** The text, a byte order mark included; empty when the document was refused. */
  text: string;
  /** Whether writing `text` as UTF-8 gives the same bytes again. Nothing is imported from a document where it does not. */
  isExact: boolean;
  diagnostics: Diagnostic[];
}

/** Bytes of a file as text. Never throws: what is wrong with them stands in `diagnostics`. */
export function readBytes(bytes: Uint8Array): ReadBytes {
  if (bytes.length > DOCUMENT_MAX_BYTES) {
    const says = `The document has more than ${DOCUMENT_MAX_BYTES} bytes. It was not read; split it.`;
    return refused("document.too_large", says);
  }
  const [first, second] = bytes;
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)) {
    return refused("document.utf16", "The document is UTF-16. It was not read; save it as UTF-8.");
  }
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    return { text, isExact: true, diagnostics: [] };
  } catch {
    // The decoder does not say where: the first replacement that is none in the original shows it.
    const text = new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
    return { text, isExact: false, diagnostics: [notUtf8(text)] };
  }
}

function refused(code: string, says: string): ReadBytes {
  return { text: "", isExact: false, diagnostics: [{ code, severity: "error", line: 1, says }] };
}

function notUtf8(text: string): Diagnostic {
  const before = text.slice(0, Math.max(0, text.indexOf("\uFFFD")));
  const line = before.replaceAll("\r\n", "\n").replaceAll("\r", "\n").split("\n").length;
  return {
    code: "document.not_utf8",
    severity: "error",
    line,
    says: "Bytes from here on are no UTF-8. What can be read is shown; nothing can be imported, because it could not be given back as it was.",
  };
}
