import * as z from "zod";
import { canonicalDigest } from "../canonical/json.ts";
import { readHostKey } from "./host-key.ts";

/** Name of the machine that the runner runs on. It is built in: nobody can add another local one. */
export const LOCAL_NAME = "local";

const LABEL = /^[A-Za-z0-9][A-Za-z0-9 ._/-]{0,59}$/;
/** A DNS name or an address; it never begins like an option of ssh. */
const ADDRESS = /^[A-Za-z0-9](?:[A-Za-z0-9.:-]{0,251}[A-Za-z0-9])?$/;
const USER = /^[a-z_][a-z0-9_-]{0,31}$/;

/**
 * Names that a block may be given: what OpenStack clients, Kubernetes clients and TLS libraries read, and names of its
 * own. Everything else could change what the shell or its programs run (LD_PRELOAD, BASH_ENV, PATH).
 */
export const ENVIRONMENT_NAME =
  /^(?:OS_[A-Z0-9_]{1,60}|BLOCK_[A-Z0-9_]{1,60}|KUBECONFIG|SSL_CERT_FILE|REQUESTS_CA_BUNDLE|CURL_CA_BUNDLE)$/;

const one = (text: string) => text.trim().replaceAll(/[ \t]+/g, " ");

const common = {
  /** Other words that documents use for it, such as `jumphost`. */
  aliases: z.array(z.string().trim().regex(LABEL, "A name is letters, digits, blanks and . _ / -")).max(10),
  /** Commands that no block for this host may hold; `*` stands for anything. */
  denied: z
    .array(
      z
        .string()
        .transform(one)
        .pipe(
          z.string().regex(/^[\x21-\x7e][\x20-\x7e]{2,119}$/, "A command is 3 to 120 printable characters."),
        ),
    )
    .max(50),
  /** Names that a check may set beside its own. */
  environment: z
    .array(
      z.string().regex(ENVIRONMENT_NAME, "This name cannot be given to a block: use OS_ or BLOCK_ names."),
    )
    .max(30),
  isRetired: z.boolean(),
};

export const localHostSchema = z.strictObject({ kind: z.literal("local"), ...common });

export const sshHostSchema = z.strictObject({
  kind: z.literal("ssh"),
  ...common,
  address: z.string().trim().regex(ADDRESS, "Give a host name or an address."),
  port: z.int().min(1).max(65_535),
  user: z.string().trim().regex(USER, "Give the name of a Unix account."),
  /** The machine's own public keys, each as `type base64`. Only these are trusted. */
  hostKeys: z
    .array(
      z.string().transform((line, ctx) => {
        const key = readHostKey(line);
        if (key.kind === "ok") return key.line;
        ctx.addIssue({ code: "custom", message: key.says });
        return z.NEVER;
      }),
    )
    .min(1, "Paste the host's own public key: without it nobody can tell that it is this machine.")
    .max(5),
  /** The console's key for it, made and kept sealed by the runner; or else an actor, below. */
  keyId: z.uuid().exactOptional(),
  /** Of the registry: each run signs in with a key of its own and a certificate for this actor. */
  actor: z
    .string()
    .regex(/^[a-z0-9-]{1,64}$/, "An actor is named as in the registry.")
    .exactOptional(),
});

export const hostContentSchema = z.discriminatedUnion("kind", [localHostSchema, sshHostSchema]);
export type HostContent = z.output<typeof hostContentSchema>;
export type SshHost = z.output<typeof sshHostSchema>;

export const hostNameSchema = z
  .string()
  .trim()
  .regex(/^[a-z][a-z0-9-]{0,39}$/, "A name is small letters, digits and hyphens, and begins with a letter.")
  .refine((name) => name !== LOCAL_NAME, "`local` is the machine of the console itself and is built in.");

/** How a word of a document is compared with names: `Jumphost ` is `jumphost`. */
export const labelOf = (text: string): string => one(text).toLowerCase();

/**
 * What an attestation is about: where and as whom a block runs, and what it may be given. Names that documents use, the
 * list of denied commands and whether the host is in use stay outside.
 */
export function hostDigest(id: string, content: HostContent): string {
  const { environment } = content;
  const given = { format: "host/1", id, environment: environment.toSorted() };
  if (content.kind === "local") return canonicalDigest({ ...given, kind: "local" });
  const { kind, address, port, user, hostKeys, keyId, actor } = content;
  const signIn = { ...(keyId === undefined ? {} : { keyId }), ...(actor === undefined ? {} : { actor }) };
  return canonicalDigest({ ...given, kind, address, port, user, hostKeys: hostKeys.toSorted(), ...signIn });
}

/** As whom a block runs there, in words for people. */
export function identityOf(content: HostContent): string {
  if (content.kind === "local") return "the runner's own account";
  const { user, address, port, actor } = content;
  return `${user}@${address}:${port}${actor === undefined ? "" : `, certified as ${actor}`}`;
}
