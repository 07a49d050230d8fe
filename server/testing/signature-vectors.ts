import { readFileSync } from "node:fs";
import * as z from "zod";

const oursSchema = z.discriminatedUnion("result", [
  z.object({
    result: z.literal("accept"),
    keyType: z.string(),
    fingerprint: z.string(),
    hash: z.string(),
    skFlags: z.number().optional(),
    skCounter: z.number().optional(),
  }),
  z.object({ result: z.literal("reject"), error: z.string(), code: z.string() }),
]);

const base64 = z.base64().transform((text) => Buffer.from(text, "base64"));

const fileSchema = z.object({
  messages: z.record(z.string(), base64),
  lists: z.record(z.string(), base64),
  vectors: z.array(
    z.object({
      id: z.string(),
      armored: base64.optional(),
      armoredParts: z.tuple([z.string(), z.number(), z.string()]).optional(),
      message: z.string(),
      allowed: z.string(),
      principal: z.string(),
      namespace: z.string(),
      verifyTime: z.string(),
      policy: z
        .object({
          requireUV: z.boolean().default(false),
          webauthnOrigins: z.array(z.string()).default([]),
        })
        .prefault({}),
      ours: oursSchema,
    }),
  ),
});

const FILE = new URL("../domain/sshsig/signature-vectors.json", import.meta.url);

/** SSH signatures, good and bad, each with the verdict of the strict reading. */
export function readSignatureVectors() {
  const file = fileSchema.parse(JSON.parse(readFileSync(FILE, "utf8")));
  const bytesIn = (files: Record<string, Buffer>, name: string) => {
    const bytes = files[name];
    if (bytes === undefined) throw new Error(`The vectors have no file ${name}.`);
    return bytes;
  };
  const vectors = file.vectors.map(({ armored, armoredParts, message, allowed, policy, ...vector }) => {
    const [start = "", count = 0, end = ""] = armoredParts ?? [];
    return {
      ...vector,
      // One character for each byte.
      armored: armored?.toString("latin1") ?? `${start}${"A".repeat(count)}${end}`,
      message: bytesIn(file.messages, message),
      allowedSigners: bytesIn(file.lists, allowed).toString("utf8"),
      policy: { requiresVerification: policy.requireUV, origins: policy.webauthnOrigins },
    };
  });
  return { vectors };
}
