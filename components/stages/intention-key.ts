/**
 * A fresh random key (UUID version 4, RFC 9562 section 5.4) for one intention: sent again, it finds the same job.
 * `crypto.randomUUID` is missing on pages served without TLS, `getRandomValues` is not.
 */
export function makeIntentionKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  const hex = [...bytes].map((byte, at) => {
    const value = at === 6 ? (byte & 0x0f) | 0x40 : at === 8 ? (byte & 0x3f) | 0x80 : byte;
    return value.toString(16).padStart(2, "0");
  });
  return [hex.slice(0, 4), hex.slice(4, 6), hex.slice(6, 8), hex.slice(8, 10), hex.slice(10)]
    .map((group) => group.join(""))
    .join("-");
}
