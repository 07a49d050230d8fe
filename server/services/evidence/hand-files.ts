import { asc, eq } from "drizzle-orm";
import type { Db } from "#db/client.ts";
import { handFile } from "#db/schema/hand.ts";
import { fileMember, type JobRecord } from "#server/domain/evidence/bundle.ts";
import type { TarMember } from "#server/domain/evidence/tar.ts";

/**
 * The files that people handed in with a job: what its record says of each, and the bytes of the first `most` of them as
 * members of the bundle.
 */
export async function collectHandFiles(
  db: Db,
  of: { jobId: string; number: number; most: number },
): Promise<{ files: NonNullable<JobRecord["files"]>; members: TarMember[] }> {
  const rows = await db
    .select()
    .from(handFile)
    .where(eq(handFile.jobId, of.jobId))
    .orderBy(asc(handFile.at), asc(handFile.stepId), asc(handFile.name));
  const held = rows.slice(0, Math.max(0, of.most));
  return {
    files: rows.map(({ stepId, name, fileName, content, digest }, at) => ({
      stepId,
      name,
      fileName,
      bytes: content.length,
      digest,
      member: at < held.length ? fileMember(of.number, at + 1) : null,
    })),
    members: held.map(({ content }, at) => ({ name: fileMember(of.number, at + 1), content })),
  };
}
