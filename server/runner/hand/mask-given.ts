import { createHash } from "node:crypto";
import { and, eq, isNotNull } from "drizzle-orm";
import { handFile, handRecord } from "#db/schema/hand.ts";
import type { Given, Kept } from "#server/domain/hand/schema.ts";
import { auditOpened } from "../opened-secret.ts";
import type { Run } from "../run.ts";
import { requireSecretName } from "../sessions.ts";
import { registerSecret } from "../step-secrets.ts";
import { listHeldSecrets, openSecret } from "../vault.ts";

interface MaskedFile {
  name: string;
  fileName: string;
  content: Buffer;
  /** Null where it held a sealed value: such a file is not kept. */
  digest: string | null;
}

/**
 * Masks what people handed in with every sealed value of the tenant, before anything of it is read, shown or judged; what
 * came in is gone from then on. Only the runner can open sealed values, so only it can do this.
 */
export async function maskGiven(run: Run): Promise<void> {
  const { db } = run.parts;
  const rows = await db
    .select()
    .from(handRecord)
    .where(and(eq(handRecord.jobId, run.job.id), isNotNull(handRecord.given)));
  if (rows.length === 0) return;
  await knowEverySecret(run);
  for (const { jobId, stepId, given } of rows) {
    if (given === null) continue;
    const files = Object.entries(given.files).map(([name, file]) => maskFile(run, name, file));
    const at = run.parts.now();
    await db.transaction(async (tx) => {
      const changed = await tx
        .update(handRecord)
        .set({ given: null, kept: keptOf(run, given, files) })
        .where(and(eq(handRecord.jobId, jobId), eq(handRecord.stepId, stepId), isNotNull(handRecord.given)))
        .returning({ stepId: handRecord.stepId });
      // A runner that believed to hold the lane was quicker, and masked the same.
      if (changed.length === 0) return;
      for (const { name, fileName, content, digest } of files) {
        if (digest !== null)
          await tx.insert(handFile).values({ jobId, stepId, name, fileName, content, digest, at });
      }
    });
  }
}

async function knowEverySecret(run: Run): Promise<void> {
  const { db, sealer } = run.parts;
  const { tenantId } = run.job;
  for (const name of await listHeldSecrets(db, tenantId)) {
    const secret = await openSecret(db, sealer, { tenantId, name: requireSecretName(name) });
    if (secret === null) continue;
    registerSecret(run, secret.value);
    await auditOpened(run.parts, { tenantId, secret, jobId: run.job.id });
  }
}

function keptOf(run: Run, { note, texts, pasted }: Given, files: readonly MaskedFile[]): Kept {
  const mask = (text: string) => run.redactor.text(text);
  return {
    note: mask(note),
    texts: Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, mask(text)])),
    files: Object.fromEntries(
      files.map(({ name, fileName, content, digest }) => [name, { fileName, bytes: content.length, digest }]),
    ),
    ...(pasted === undefined ? {} : { pasted: { output: mask(pasted.output), exit: pasted.exit } }),
  };
}

/** A text is masked like captured output. Other bytes cannot be changed without breaking them: they are kept whole or not. */
function maskFile(run: Run, name: string, { fileName, base64 }: Given["files"][string]): MaskedFile {
  const bytes = Buffer.from(base64, "base64");
  const masked = { name, fileName: run.redactor.text(fileName) };
  const text = bytes.toString("utf8");
  if (Buffer.from(text, "utf8").equals(bytes)) {
    const content = Buffer.from(run.redactor.text(text), "utf8");
    return { ...masked, content, digest: digestOf(content) };
  }
  const latin1 = bytes.toString("latin1");
  const isClean = run.redactor.text(latin1) === latin1;
  return { ...masked, content: bytes, digest: isClean ? digestOf(bytes) : null };
}

function digestOf(bytes: Buffer): string {
  return `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
}
