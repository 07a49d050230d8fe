import {
  documentRules,
  type PolicyDocument,
  readPolicyDocument,
} from "#server/domain/identity-policy/document.ts";
import { KEYSTONE_DEFAULTS } from "#server/domain/identity-policy/keystone-defaults.ts";
import {
  findRelease,
  type KeystoneRelease,
  RELEASE_WORDS,
  STANDARD_RELEASE,
} from "#server/domain/identity-policy/keystone-release.ts";
import { UsageError } from "./command.ts";
import { readBytesOf } from "./register-files.ts";

/** Options of every command that reads an override over what is live. */
export const LIVE_OPTIONS = {
  live: { type: "string", multiple: true },
  defaults: { type: "string" },
  keystone: { type: "string" },
} as const;

export const LIVE_USAGE = `  --live FILE      the cloud's own policy file that this one is laid over; may be given again, later over earlier
  --defaults none  not over Keystone's own rules: another service's policy
  --keystone R     which Keystone judges: ${RELEASE_WORDS}. Without it caracal.`;

export async function readPolicyFile(path: string): Promise<PolicyDocument> {
  const bytes = await readBytesOf(path);
  try {
    return readPolicyDocument(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch (error) {
    if (error instanceof TypeError) throw new UsageError(`${path} is no UTF-8 text.`);
    throw error;
  }
}

interface LiveValues {
  live?: string[] | undefined;
  defaults?: string | undefined;
  keystone?: string | undefined;
}

export interface Live {
  rules: Record<string, unknown>;
  release: KeystoneRelease | null;
}

/** The effective policy under the file, and the release that judges it. Throws UsageError. */
export async function readLive({ live = [], defaults, keystone }: LiveValues): Promise<Live> {
  if (defaults !== undefined && defaults !== "keystone" && defaults !== "none") {
    throw new UsageError("--defaults is keystone or none.");
  }
  const isKeystone = defaults !== "none";
  const rules: Record<string, unknown> = isKeystone ? { ...KEYSTONE_DEFAULTS } : {};
  for (const path of live) {
    const document = await readPolicyFile(path);
    const fault = document.faults.find(({ code }) => code === "yaml");
    if (fault !== undefined)
      throw new UsageError(`${path}:${fault.at.line}:${fault.at.column} ${fault.says}`);
    Object.assign(rules, documentRules(document));
  }
  if (!isKeystone) return { rules, release: null };
  const release = keystone === undefined ? STANDARD_RELEASE : findRelease(keystone);
  if (release === null) throw new UsageError(`--keystone is one of: ${RELEASE_WORDS}.`);
  return { rules, release };
}
