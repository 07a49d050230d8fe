import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from "node:crypto";
import { isoCBOR } from "@simplewebauthn/server/helpers";
import type { Assertion, Enrolment } from "#server/domain/passkey/schema.ts";

type Cbor = Parameters<typeof isoCBOR.encode>[0];

/** What a test changes about one answer; everything else is as a browser and its authenticator do it. */
export interface Twist {
  challenge?: string;
  type?: string;
  origin?: string;
  rpId?: string;
  /** Bits of the authenticator data (WebAuthn, 6.1): 0x01 present, 0x04 verified. */
  flags?: number;
  counter?: number;
  /** Further members of the client data. */
  clientData?: Record<string, unknown>;
  userHandle?: string | null;
  /** Signs with another key than the enrolled one. */
  key?: KeyObject;
  /** Attestation format and statement. */
  attestation?: { fmt: string; attStmt: Map<string, Cbor> };
}

const PRESENT = 0x01;
const VERIFIED = 0x04;
const ATTESTED = 0x40;

/** An authenticator in software with one P-256 credential: what a test needs that Chromium's own never does. */
export class SoftwareAuthenticator {
  readonly credentialId = randomBytes(32).toString("base64url");
  readonly #keys = generateKeyPairSync("ec", { namedCurve: "P-256" });
  readonly #origin: string;
  counter = 0;

  constructor(origin: string) {
    this.#origin = origin;
  }

  /** Answers a call to enrol. */
  enrol(options: { challenge: string }, twist: Twist = {}): Enrolment {
    const id = Buffer.from(this.credentialId, "base64url");
    const length = Buffer.alloc(2);
    length.writeUInt16BE(id.length);
    const attested = Buffer.concat([Buffer.alloc(16), length, id, this.#coseKey()]);
    const authData = Buffer.concat([this.#authData(twist, ATTESTED), attested]);
    const { fmt, attStmt } = twist.attestation ?? { fmt: "none", attStmt: new Map<string, Cbor>() };
    const members: [string, Cbor][] = [
      ["fmt", fmt],
      ["attStmt", attStmt],
      ["authData", new Uint8Array(authData)],
    ];
    const attestationObject = Buffer.from(isoCBOR.encode(new Map(members))).toString("base64url");
    return {
      id: this.credentialId,
      rawId: this.credentialId,
      type: "public-key",
      response: {
        clientDataJSON: this.#clientData("webauthn.create", options, twist).toString("base64url"),
        attestationObject,
        transports: ["internal"],
      },
    };
  }

  /** Answers a call to prove; counts one up. */
  prove(options: { challenge: string }, twist: Twist = {}): Assertion {
    this.counter += 1;
    const clientData = this.#clientData("webauthn.get", options, twist);
    const authData = this.#authData(twist, 0);
    const signed = Buffer.concat([authData, sha256(clientData)]);
    return {
      id: this.credentialId,
      rawId: this.credentialId,
      type: "public-key",
      response: {
        clientDataJSON: clientData.toString("base64url"),
        authenticatorData: authData.toString("base64url"),
        signature: sign("sha256", signed, twist.key ?? this.#keys.privateKey).toString("base64url"),
        userHandle: twist.userHandle ?? null,
      },
    };
  }

  #clientData(type: string, { challenge }: { challenge: string }, twist: Twist): Buffer {
    const data = {
      type: twist.type ?? type,
      challenge: twist.challenge ?? challenge,
      origin: twist.origin ?? this.#origin,
      ...twist.clientData,
    };
    return Buffer.from(JSON.stringify(data));
  }

  #authData(twist: Twist, more: number): Buffer {
    const counter = Buffer.alloc(4);
    counter.writeUInt32BE(twist.counter ?? this.counter);
    const rpId = twist.rpId ?? new URL(this.#origin).hostname;
    const flags = Buffer.of((twist.flags ?? PRESENT | VERIFIED) | more);
    return Buffer.concat([sha256(Buffer.from(rpId)), flags, counter]);
  }

  /** RFC 9053, 7.1.1: EC2, ES256, P-256, x, y. */
  #coseKey(): Buffer {
    const { x = "", y = "" } = this.#keys.publicKey.export({ format: "jwk" });
    const bytes = (text: string) => new Uint8Array(Buffer.from(text, "base64url"));
    const members: [number, Cbor][] = [
      [1, 2],
      [3, -7],
      [-1, 1],
      [-2, bytes(x)],
      [-3, bytes(y)],
    ];
    return Buffer.from(isoCBOR.encode(new Map(members)));
  }
}

function sha256(bytes: Buffer): Buffer {
  return createHash("sha256").update(bytes).digest();
}
