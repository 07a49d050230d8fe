import { readFileSync } from "node:fs";
import * as z from "zod";
import { describe, expect, it } from "vitest";
import { parsePublicKeyLine } from "../sshsig/public-key.ts";
import type { Signer } from "./signer.ts";
import { verifySignedOperation } from "./verify.ts";

const vectors = z
  .object({
    namespace: z.string(),
    allowList: z.array(z.object({ role: z.enum(["operational", "recovery"]), publicKey: z.string() })),
    vectors: z.array(
      z.object({
        id: z.string(),
        steps: z.array(
          z.object({
            blobBase64: z.string().nullable(),
            sig: z.string().nullable(),
            hostId: z.string(),
            now: z.string(),
            verifierConfigured: z.boolean(),
            result: z.object({ allowed: z.boolean(), reason: z.string(), error: z.string().optional() }),
          }),
        ),
      }),
    ),
  })
  .parse(JSON.parse(readFileSync(new URL("operation-vectors.json", import.meta.url), "utf8")));

const signers: Signer[] = vectors.allowList.map(({ role, publicKey }) => {
  const parsed = parsePublicKeyLine(publicKey);
  if (parsed.kind === "refused") throw new Error(parsed.says);
  return { role, blob: parsed.key.blob, validAfter: null, validBefore: null, revokedAt: null };
});

describe("verifySignedOperation", () => {
  it.each(vectors.vectors)("$id", async ({ steps }) => {
    const seen = new Set<string>();
    for (const step of steps) {
      if (step.sig === null || step.blobBase64 === null || !step.verifierConfigured) continue;
      const verdict = await verifySignedOperation({
        armored: step.sig,
        message: Buffer.from(step.blobBase64, "base64"),
        namespace: vectors.namespace,
        signers,
        hostId: step.hostId,
        now: new Date(step.now),
        usedNonce: ({ value }) => {
          const isUsed = seen.has(value);
          seen.add(value);
          return isUsed;
        },
      });
      const error = verdict.kind === "refused" ? verdict.error : undefined;
      expect(error).toBe(step.result.error);
    }
  });
});
