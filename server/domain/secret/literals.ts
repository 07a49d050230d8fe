/** Bytes that a value can stand behind a boundary of three, which base64 encodes together. */
export const OFFSETS = [0, 1, 2] as const;
type Offset = (typeof OFFSETS)[number];
const FIRST_CERTAIN: Record<Offset, number> = { 0: 0, 1: 2, 2: 3 };

/** Bytes of one window of a long base64 text: less than the shortest line that encoders wrap at. */
const WINDOW = 40;

/**
 * The spellings of one line of a secret that has several, such as a PEM key: its characters are plain, so each way to
 * write it gives one or two texts instead of a pattern.
 */
export function literalsOfLine(line: string): string[] {
  const percent = encodeURIComponent(line);
  const json = JSON.stringify(line).slice(1, -1);
  const hex = Buffer.from(line, "utf8").toString("hex");
  const spellings = [
    line,
    percent,
    lowerEscapes(percent),
    formEncoded(percent),
    json,
    json.replaceAll("/", "\\/"),
  ];
  return [...spellings.map(latin1Of), hex, hex.toUpperCase(), ...base64Literals(line)];
}

/** The base64 of a whole text at each offset, in windows: encoders wrap it, and a wrapped window is still whole. */
export function base64Windows(text: string): string[] {
  return base64Literals(text).flatMap((whole) => {
    const count = Math.ceil(whole.length / WINDOW);
    return Array.from({ length: count }, (_, index) => {
      const start = Math.max(0, Math.min(index * WINDOW, whole.length - WINDOW));
      return whole.slice(start, start + WINDOW);
    });
  });
}

function base64Literals(text: string): string[] {
  const bytes = Buffer.from(text, "utf8");
  return OFFSETS.flatMap((offset) => {
    const plain = certainBase64(bytes, offset);
    return [plain, plain.replaceAll("+", "-").replaceAll("/", "_")];
  });
}

/**
 * What is certain about the base64 of bytes inside a longer text that starts `offset` bytes earlier: the first and last
 * characters share bits with their neighbours and are left out.
 */
export function certainBase64(bytes: Uint8Array, offset: Offset): string {
  const text = Buffer.concat([Buffer.alloc(offset), bytes]).toString("base64");
  return text.slice(FIRST_CERTAIN[offset], Math.floor(((offset + bytes.length) * 8) / 6));
}

function lowerEscapes(percent: string): string {
  return percent.replace(/%[0-9A-F]{2}/g, (escape) => escape.toLowerCase());
}

function formEncoded(percent: string): string {
  return percent.replaceAll("%20", "+");
}

function latin1Of(text: string): string {
  return Buffer.from(text, "utf8").toString("latin1");
}
