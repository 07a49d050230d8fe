import { readFileSync } from "node:fs";
import { z } from "zod";

/** Service names appear in recorded bodies as "{identity}": the origin and prefix that service had. */
export const recordedServices = [
  "identity",
  "compute",
  "image",
  "network",
  "container-infra",
  "placement",
] as const;

const exchangeSchema = z.strictObject({
  service: z.enum(recordedServices),
  method: z.string(),
  path: z.string(),
  query: z.string().exactOptional(),
  /** Names are lower-case; tokens are "<token>". */
  headers: z.record(z.string(), z.string()).exactOptional(),
  /** Secrets are "<redacted>". */
  body: z.unknown().optional(),
  status: z.int(),
  responseHeaders: z.record(z.string(), z.string()),
  response: z.unknown().optional(),
});

const captureSchema = z.strictObject({
  capture: z.string(),
  actor: z.string(),
  at: z.iso.datetime(),
  exchanges: z.array(exchangeSchema),
});

export type Exchange = z.output<typeof exchangeSchema>;
/** The exchanges of one command of the recorded session, with the time it ran at. */
export type Capture = z.output<typeof captureSchema>;

/** In the order of the recording: the onboarding, then corner cases, then the policy variants. */
const files = ["onboarding", "edge-cases", "policy-variants"];

export function listCaptures(): Capture[] {
  return files.flatMap((file) => {
    const lines = readFileSync(new URL(`${file}.jsonl`, import.meta.url), "utf8")
      .trimEnd()
      .split("\n");
    return lines.map((line) => captureSchema.parse(JSON.parse(line)));
  });
}
