/** Select Graphic Rendition (ECMA-48 8.3.117): colours and weights, which the console renders itself. */
const ESCAPE = 0x1b;
const SGR = /^\[[0-9;]{0,64}m/;

// Bidi controls, zero-width characters and line separators make text look other than it is.
const DECEPTIVE = /^[\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]$/;
const MAYBE_INVISIBLE = /[^\x20-\x7e\t]/g;

/** One line with everything unseen written out, such as `\x07` and `\u202e`. Tabs and colours stay. */
export function makeVisible(line: string): string {
  return line.replace(MAYBE_INVISIBLE, (char, at: number) => {
    const code = char.charCodeAt(0);
    if (code === ESCAPE && SGR.test(line.slice(at + 1, at + 70))) return char;
    if (code < 0xa0) return `\\x${code.toString(16).padStart(2, "0")}`;
    return DECEPTIVE.test(char) ? `\\u${code.toString(16).padStart(4, "0")}` : char;
  });
}

/** The line, or its first `maxBytes` bytes at a character boundary with a mark that says how much is gone. */
export function cutLine(line: string, maxBytes: number): string {
  const bytes = Buffer.from(line, "utf8");
  if (bytes.length <= maxBytes) return line;
  let end = maxBytes;
  // UTF-8 continuation bytes are 10xxxxxx.
  while (end > 0 && (bytes.readUInt8(end) & 0xc0) === 0x80) end -= 1;
  return `${bytes.subarray(0, end).toString("utf8")} [cut: ${bytes.length - end} more bytes]`;
}
