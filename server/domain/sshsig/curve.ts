import { demand } from "./fault.ts";

/** FIPS 186-5 / SP 800-186 section 3.2.1: y^2 = x^3 - 3x + b over p. `bytes`: length of a coordinate. */
const CURVES = {
  nistp256: {
    bytes: 32,
    p: 2n ** 256n - 2n ** 224n + 2n ** 192n + 2n ** 96n - 1n,
    b: 0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604bn,
  },
  nistp384: {
    bytes: 48,
    p: 2n ** 384n - 2n ** 128n - 2n ** 96n + 2n ** 32n - 1n,
    b: 0xb3312fa7e23ee7e4988e056be3f82d19181d9c6efe8141120314088f5013875ac656398d8a2ed19d2a85c8edd3ec2aefn,
  },
  nistp521: {
    bytes: 66,
    p: 2n ** 521n - 1n,
    b: 0x0051953eb9618e1c9a1f929a21a0b68540eea2da725b99b315f3b8b489918ef109e156193951ec7e937b1652c0bd3bb1bf073573df883d2c34f1ef451fd46b503f00n,
  },
} as const;

export type Curve = keyof typeof CURVES;

/** An uncompressed point (SEC 1 section 2.3.3) of the curve, checked without handing a stranger's key to a library. */
export function readPoint(curve: Curve, point: Buffer): { x: Buffer; y: Buffer } {
  const { bytes, p, b } = CURVES[curve];
  demand(point.length === 1 + 2 * bytes && point[0] === 4, "KEY_POINT");
  const [x, y] = [point.subarray(1, 1 + bytes), point.subarray(1 + bytes)];
  const [xn, yn] = [numberOf(x), numberOf(y)];
  demand(xn < p && yn < p, "KEY_POINT");
  demand((yn * yn - (xn * xn * xn - 3n * xn + b)) % p === 0n, "KEY_POINT");
  return { x, y };
}

/** Length of a coordinate, and so of r and s, in bytes. */
export const coordinateBytes = (curve: Curve) => CURVES[curve].bytes;

const numberOf = (bytes: Buffer) => BigInt(`0x${bytes.toString("hex")}`);

const ED25519_P = 2n ** 255n - 19n;
/** y of two of the four points of order 8: such a point added to itself three times gives the neutral one, (0, 1). */
const ORDER_8 = 2707385501144840649318225287225658788936804267575313519463743609750303402022n;
/** y of the points whose order divides 8. */
const LOW_ORDER = new Set([0n, 1n, ED25519_P - 1n, ORDER_8, ED25519_P - ORDER_8]);

/**
 * Refuses the ed25519 keys for which a constant signature verifies any message, in each of their spellings, and every
 * other spelling of a key that RFC 8032 section 5.1.3 does not decode.
 */
export function requireEd25519Key(key: Buffer): void {
  demand(key.length === 32, "KEY_LENGTH");
  const y = BigInt(`0x${Buffer.from(key).reverse().toString("hex")}`) & (2n ** 255n - 1n);
  demand(!LOW_ORDER.has(y % ED25519_P), "KEY_LOW_ORDER");
  demand(y < ED25519_P, "KEY_POINT");
}
