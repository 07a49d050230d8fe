import { createReadStream } from "node:fs";
import { UsageError } from "./command.ts";

/** No entry of ours comes near: a longer line is not one of an export. */
const LINE_MAX_BYTES = 16 * 1024 * 1024;

const LF = 0x0a;

export type FileLine = { kind: "line"; text: string } | { kind: "bad"; says: string };

/**
 * Lines of a file, in constant memory. Only LF ends a line: node's readline also splits at U+2028, which may stand in
 * an entry. Bytes that are no UTF-8, a line without an end and one beyond 16 MiB are `bad`. Throws UsageError when the
 * file cannot be read.
 */
export async function* fileLines(path: string): AsyncGenerator<FileLine> {
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  let parts: Buffer[] = [];
  let length = 0;
  for await (const chunk of chunksOf(path)) {
    let from = 0;
    for (let end = chunk.indexOf(LF); end !== -1; end = chunk.indexOf(LF, from)) {
      yield decoded(decoder, Buffer.concat([...parts, chunk.subarray(from, end)]));
      [parts, length, from] = [[], 0, end + 1];
    }
    parts.push(chunk.subarray(from));
    length += chunk.length - from;
    if (length > LINE_MAX_BYTES) {
      yield { kind: "bad", says: "is longer than any entry can be" };
      return;
    }
  }
  if (length > 0) yield { kind: "bad", says: "has no end: the file was cut" };
}

function decoded(decoder: TextDecoder, bytes: Buffer): FileLine {
  try {
    return { kind: "line", text: decoder.decode(bytes) };
  } catch {
    // The decoder says only that the bytes are no UTF-8.
    return { kind: "bad", says: "holds bytes that are no text" };
  }
}

async function* chunksOf(path: string): AsyncGenerator<Buffer> {
  try {
    for await (const chunk of createReadStream(path)) yield Buffer.from(chunk);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "";
    throw new UsageError(`${path} cannot be read${code === "" ? "" : ` (${code})`}.`);
  }
}
