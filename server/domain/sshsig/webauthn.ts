import * as z from "zod";
import { demand } from "./fault.ts";
import type { WireReader } from "./wire-reader.ts";

/** Type of a signature that a browser had a security key make; its key is of type sk-ecdsa (PROTOCOL.u2f). */
export const WEBAUTHN_TYPE = "webauthn-sk-ecdsa-sha2-nistp256@openssh.com";

const ATTESTED_DATA = 0x40;
const EXTENSION_DATA = 0x80;

/** WebAuthn level 3, section 5.8.1; what is not named may be there as well. */
const clientDataSchema = z.looseObject({
  type: z.literal("webauthn.get"),
  challenge: z.string(),
  origin: z.string(),
  crossOrigin: z.unknown().optional(),
  topOrigin: z.unknown().optional(),
});

export interface BrowserSignature {
  origin: string;
  clientData: Buffer;
  extensions: Buffer;
}

/**
 * The fields that a browser's signature has behind flags and counter. The challenge has to be the signed data itself,
 * written at the place where PROTOCOL.u2f has it and where a JSON parser finds it.
 */
export function readWebauthn(
  reader: WireReader,
  { flags, data }: { flags: number; data: Buffer },
): BrowserSignature {
  const origin = reader.name();
  const clientData = reader.string();
  const extensions = reader.string();
  demand((flags & ATTESTED_DATA) === 0, "WEBAUTHN_FLAGS");
  demand(((flags & EXTENSION_DATA) !== 0) === extensions.length > 0, "WEBAUTHN_FLAGS");
  const text = clientData.toString("latin1");
  const challenge = data.toString("base64url");
  const start = `{"type":"webauthn.get","challenge":"${challenge}","origin":"${origin}"`;
  demand(text.startsWith(start), "WEBAUTHN_CLIENTDATA");
  const parsed = clientDataSchema.safeParse(jsonOf(text));
  demand(parsed.success, "WEBAUTHN_CLIENTDATA");
  demand(parsed.data.challenge === challenge && parsed.data.origin === origin, "WEBAUTHN_CLIENTDATA");
  // Named twice, the two readers of one text could differ.
  demand(text.split('"crossOrigin"').length <= 2, "WEBAUTHN_CROSS_ORIGIN");
  const { crossOrigin = false, topOrigin } = parsed.data;
  demand(crossOrigin === false && topOrigin === undefined, "WEBAUTHN_CROSS_ORIGIN");
  return { origin, clientData, extensions };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Not JSON: no shape fits null.
    return null;
  }
}
