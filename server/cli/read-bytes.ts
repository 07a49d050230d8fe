import { createReadStream } from "node:fs";

/** The bytes of a stream, `limit` of them at most: what is longer comes cut, and longer than anything good. */
export async function bytesOf(
  stream: AsyncIterable<unknown>,
  limit = Number.POSITIVE_INFINITY,
): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of stream) {
    if (!(chunk instanceof Uint8Array)) continue;
    chunks.push(Buffer.from(chunk));
    length += chunk.length;
    if (length > limit) break;
  }
  return Buffer.concat(chunks);
}

/** The first bytes of a file; null when it cannot be read. */
export async function readStart(path: string, limit: number): Promise<Buffer | null> {
  try {
    return await bytesOf(createReadStream(path, { end: limit - 1 }));
  } catch {
    // Absent, a folder, no right: the same to whoever named it.
    return null;
  }
}
