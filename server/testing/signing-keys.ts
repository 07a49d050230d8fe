import { execFile } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Db } from "#db/client.ts";
import { signer } from "#db/schema/signing.ts";
import { DEFAULT_NAMESPACE } from "#server/domain/settings/signature-namespace.ts";
import type { SignerRole } from "#server/domain/signed-operation/states.ts";
import { parsePublicKeyLine } from "#server/domain/sshsig/public-key.ts";

const run = promisify(execFile);

/** A key pair in files of its own, made and used by the ssh-keygen of this machine, as a signer would. */
export interface SigningKey {
  /** The line of the .pub file. */
  publicLine: string;
  /** The secret half, for tests that paste it by mistake. */
  privateText(): Promise<string>;
  sign(bytes: Uint8Array | string, options?: { namespace?: string }): Promise<string>;
}

export interface SigningKeys {
  make(type?: "ed25519" | "ecdsa" | "rsa", bits?: number): Promise<SigningKey>;
  close(): Promise<void>;
}

export async function openSigningKeys(): Promise<SigningKeys> {
  const folder = await mkdtemp(join(tmpdir(), "countersign-keys-"));
  return {
    async make(type = "ed25519", bits) {
      const file = join(folder, randomUUID());
      const size = bits === undefined ? [] : ["-b", String(bits)];
      await run("ssh-keygen", ["-q", "-t", type, ...size, "-N", "", "-C", `${type}@test`, "-f", file]);
      return {
        publicLine: (await readFile(`${file}.pub`, "utf8")).trim(),
        privateText: () => readFile(file, "utf8"),
        async sign(bytes, { namespace = DEFAULT_NAMESPACE } = {}) {
          const message = join(folder, randomUUID());
          await writeFile(message, bytes);
          await run("ssh-keygen", ["-q", "-Y", "sign", "-n", namespace, "-f", file, message]);
          return readFile(`${message}.sig`, "utf8");
        },
      };
    },
    close: () => rm(folder, { recursive: true, force: true }),
  };
}

/** Puts a key in place without the two people that it takes. Returns the signer's id. */
export async function enrol(
  db: Db,
  of: { line: string; personId: string; at: Date; role?: SignerRole; validBefore?: Date },
): Promise<string> {
  const parsed = parsePublicKeyLine(of.line);
  if (parsed.kind === "refused") throw new Error(parsed.says);
  const { type, blob, fingerprint, comment } = parsed.key;
  const id = randomUUID();
  await db.insert(signer).values({
    id,
    personId: of.personId,
    role: of.role ?? "operational",
    keyType: type,
    publicKey: `${type} ${Buffer.from(blob).toString("base64")}`,
    fingerprint,
    comment,
    validBefore: of.validBefore ?? null,
    enrolledAt: of.at,
    enrolledBy: "test",
  });
  return id;
}
