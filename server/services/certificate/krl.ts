import { and, count, eq, gt, isNotNull, max } from "drizzle-orm";
import * as z from "zod";
import type { Db } from "#db/client.ts";
import { sshAuthority, sshCertificate } from "#db/schema/certificate.ts";
import { DomainError } from "#server/domain/error/domain-error.ts";
import { writeKrl } from "#server/domain/ssh-certificate/krl.ts";
import { query } from "../verb.ts";
import { listAuthorities } from "./rows.ts";

/** A certificate that ran out stays on the list for so long: clocks of hosts may be behind. */
const STAYS_MS = 24 * 60 * 60 * 1000;

/** The revocation list for sshd's `RevokedKeys`, as it is now. */
export const exportKrl = query({
  action: "certificate.read",
  input: z.strictObject({}),
  run: (ctx) => readKrl(ctx.db, ctx.clock()),
});

/**
 * The list without asking who reads it. Its version is the number of revocations so far, its date that of the last one:
 * the bytes are the same for as long as the list is.
 */
export async function readKrl(db: Db, at: Date): Promise<Buffer> {
  // One snapshot: a version never stands on two different lists.
  return db.transaction(
    async (tx) => {
      const [all] = await tx
        .select({ n: count(), last: max(sshCertificate.revokedAt) })
        .from(sshCertificate)
        .where(isNotNull(sshCertificate.revokedAt));
      const rows = await tx
        .select({ publicKey: sshAuthority.publicKey, serial: sshCertificate.serial })
        .from(sshCertificate)
        .innerJoin(sshAuthority, eq(sshAuthority.id, sshCertificate.authorityId))
        .where(
          and(
            isNotNull(sshCertificate.revokedAt),
            gt(sshCertificate.validBefore, new Date(at.getTime() - STAYS_MS)),
          ),
        )
        .orderBy(sshAuthority.number);
      const byKey = Map.groupBy(rows, ({ publicKey }) => publicKey ?? "");
      return writeKrl({
        version: BigInt(all?.n ?? 0),
        at: all?.last ?? new Date(0),
        revoked: [...byKey].map(([line, of]) => ({
          caKey: Buffer.from(line.split(" ")[1] ?? "", "base64"),
          serials: of.map(({ serial }) => BigInt(serial)),
        })),
      });
    },
    { isolationLevel: "repeatable read", accessMode: "read only" },
  );
}

/** Lines for sshd's `TrustedUserCAKeys`: the authority that signs first, then those whose certificates may still be out. */
export const exportAuthorities = query({
  action: "certificate.read",
  input: z.strictObject({}),
  run: async (ctx) => {
    const keys = new Set<string>();
    const lines = (await listAuthorities(ctx.db)).flatMap(({ publicKey, number, retiredAt }) => {
      const isOut = retiredAt !== null && ctx.clock().getTime() - retiredAt.getTime() > TRUSTED_MS;
      // An engine that came back has its key twice.
      if (publicKey === null || isOut || keys.has(publicKey)) return [];
      keys.add(publicKey);
      return [`${publicKey} countersign-ca-${number}`];
    });
    if (lines.length > 0) return `${lines.join("\n")}\n`;
    throw new DomainError(
      "unavailable",
      "The runner has made no certificate authority yet. Try again in a moment.",
      {
        reason: "ca_unavailable",
      },
    );
  },
});

/** The longest certificate of any type, and a day for clocks. */
const TRUSTED_MS = 72 * 60 * 60 * 1000;
