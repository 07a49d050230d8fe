import * as z from "zod";
import { type ActorType, ACTOR_CAP_HOURS } from "../actor/states.ts";
import { isSameKey, type PublicKey } from "../sshsig/public-key.ts";
import { type Certificate, parseCertificate } from "./certificate.ts";

/** A certificate begins so much earlier than it is signed, and ends so much earlier: clocks of hosts run behind. */
export const BEGINS_EARLIER_SECONDS = 60;
/** How far the clock of an engine may be from ours. */
const SKEW_SECONDS = 60;

type Read<T> = { kind: "read"; value: T } | { kind: "refused"; says: string };

const refused = (says: string) => ({ kind: "refused", says }) as const;

/** An SSH role of an engine, as far as it matters here. */
export interface EngineRole {
  keyType: string;
  /** Null: the role sets none, and the engine's own maximum holds. */
  maxTtlSeconds: number | null;
  isForUsers: boolean;
  takesKeyIds: boolean;
}

/** `GET /v1/<mount>/roles/<role>` of Vault and OpenBao; fields that are not looked at may be there. */
const roleSchema = z.object({
  data: z.object({
    key_type: z.string(),
    max_ttl: z.union([z.number(), z.string()]).default(0),
    allow_user_certificates: z.boolean().default(false),
    allow_user_key_ids: z.boolean().default(false),
  }),
});

export function readRole(text: string): Read<EngineRole> {
  const parsed = roleSchema.safeParse(parseJson(text));
  if (!parsed.success) return refused("The engine answered something that is no role.");
  const { data } = parsed.data;
  const seconds = readDuration(data.max_ttl);
  if (seconds === null) return refused("The engine answered a role with a max_ttl that is no time.");
  return {
    kind: "read",
    value: {
      keyType: data.key_type,
      maxTtlSeconds: seconds === 0 ? null : seconds,
      isForUsers: data.allow_user_certificates,
      takesKeyIds: data.allow_user_key_ids,
    },
  };
}

/** Seconds, as a number or as Go writes a duration: `8h`, `1h30m0s`. Null for anything else. */
function readDuration(value: number | string): number | null {
  if (typeof value === "number") return Number.isSafeInteger(value) && value >= 0 ? value : null;
  if (/^[0-9]{1,12}$/.test(value)) return Number(value);
  const parts = /^(?:([0-9]{1,6})h)?(?:([0-9]{1,6})m)?(?:([0-9]{1,9})s)?$/.exec(value);
  if (parts === null || value === "") return null;
  const [, hours = "0", minutes = "0", seconds = "0"] = parts;
  return Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
}

/** Why a role must not sign for this type, or null. A role that could give more than the type's cap is one. */
export function roleProblem(type: ActorType, name: string, role: EngineRole): string | null {
  const cap = ACTOR_CAP_HOURS[type];
  if (role.keyType !== "ca") return `The role ${name} is of key type ${role.keyType}, not ca.`;
  if (!role.isForUsers) return `The role ${name} signs no user certificates: set allow_user_certificates.`;
  if (!role.takesKeyIds) return `The role ${name} takes no key id: set allow_user_key_ids.`;
  if (role.maxTtlSeconds === null) {
    return `The role ${name} has no max_ttl: set it to ${cap}h, the cap of type ${type}.`;
  }
  return role.maxTtlSeconds <= cap * 3600
    ? null
    : `The role ${name} gives up to ${role.maxTtlSeconds / 3600} hours, more than the ${cap} of type ${type}.`;
}

/** `POST /v1/<mount>/sign/<role>` of Vault and OpenBao. */
const signedSchema = z.object({
  data: z.object({ signed_key: z.string(), serial_number: z.string().regex(/^[0-9a-f]{1,16}$/i) }),
});

export function readSigned(text: string): Read<{ line: string; serial: bigint }> {
  const parsed = signedSchema.safeParse(parseJson(text));
  if (!parsed.success) return refused("The engine answered something that is no signature.");
  const { signed_key: line, serial_number: serial } = parsed.data.data;
  // A line of a file, perhaps with a comment; what is kept and given out is type and base64.
  if (/[\r\n]/.test(line.trim())) return refused("The engine answered more than one line.");
  const [type = "", base64 = ""] = line.trim().split(" ");
  return { kind: "read", value: { line: `${type} ${base64}`, serial: BigInt(`0x${serial}`) } };
}

export interface WantedCertificate {
  key: PublicKey;
  keyId: string;
  principals: readonly string[];
  extensions: readonly string[];
  /** From its beginning, which lies a minute back, to its end. */
  validSeconds: number;
}

/** What is asked of the engine as `ttl`: from now to the end. */
export const ttlSecondsOf = ({ validSeconds }: Pick<WantedCertificate, "validSeconds">) =>
  validSeconds - BEGINS_EARLIER_SECONDS;

/**
 * What an engine signed, if it is exactly what was asked for: nothing about it is believed. `now`: whole seconds.
 */
export function checkEngineCertificate(
  signed: { line: string; serial: bigint },
  wanted: WantedCertificate,
  by: { caKey: PublicKey; now: number },
): Read<Certificate> {
  const read = parseCertificate(signed.line);
  if (read.kind === "refused") {
    const [why = ""] = read.says.split(" Nothing was accepted.");
    return refused(`The engine's answer cannot be used. ${why}`);
  }
  const { certificate } = read;
  const end = by.now + ttlSecondsOf(wanted);
  const { validAfter, validBefore } = certificate;
  const differences: readonly [boolean, string][] = [
    [!isSameKey(certificate.caKey, by.caKey), "under another authority than the one that hosts trust"],
    [!isSameKey(certificate.key, wanted.key), "another key"],
    [certificate.serial !== signed.serial, "under another serial number than it says"],
    [certificate.keyId !== wanted.keyId, "with another key id"],
    [!isSameSet(certificate.principals, wanted.principals), "for other principals"],
    [!isSameSet(certificate.extensions, wanted.extensions), "with other extensions"],
    [validBefore > end + SKEW_SECONDS, "for longer"],
    [validBefore < end - SKEW_SECONDS, "for a shorter time"],
    [validAfter > by.now + SKEW_SECONDS, "from a later time"],
    [validBefore - validAfter > wanted.validSeconds, "for longer, counted from its beginning"],
  ];
  const difference = differences.find(([isSo]) => isSo)?.[1];
  return difference === undefined
    ? { kind: "read", value: certificate }
    : refused(`The engine signed something else than was asked: ${difference}.`);
}

const isSameSet = (a: readonly string[], b: readonly string[]) =>
  a.toSorted().join("\n") === b.toSorted().join("\n");

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
