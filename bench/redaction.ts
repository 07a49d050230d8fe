import { randomBytes } from "node:crypto";
import { Redactor } from "#server/domain/secret/redact.ts";
import type { Figure } from "./figure.ts";

const CHUNK_BYTES = 64 * 1024;
const MEGABYTE = 1_000_000;
const TOTAL_BYTES = 100 * MEGABYTE;
/** What a run of a late stage knows: the operator's password, a tenant's generated ones, a token. */
const SECRETS = 6;

/**
 * How fast output is masked, in the chunks that a pipe gives, with hold-back; beside it one pass of one RegExp of the
 * plain values over the same bytes as latin1, the least that any masking does.
 */
export function measureRedaction(): Figure {
  const redactor = new Redactor();
  const secrets = Array.from({ length: SECRETS }, () => randomBytes(24).toString("base64url"));
  for (const secret of secrets) redactor.register(secret, randomBytes(8).toString("hex"));
  const chunks = sampleChunks(secrets);
  const regexp = new RegExp(secrets.join("|"), "g");
  const once = (work: () => void) => {
    const startedAt = performance.now();
    work();
    return performance.now() - startedAt;
  };
  const mask = () => {
    const stream = redactor.stream();
    for (let bytes = 0, at = 0; bytes < TOTAL_BYTES; at += 1) {
      const chunk = chunks[at % chunks.length] ?? Buffer.alloc(0);
      stream.push(chunk);
      bytes += chunk.length;
    }
    stream.end();
  };
  const plain = () => {
    for (let bytes = 0, at = 0; bytes < TOTAL_BYTES; at += 1) {
      const chunk = chunks[at % chunks.length] ?? Buffer.alloc(0);
      Buffer.from(chunk.toString("latin1").replace(regexp, "***"), "latin1");
      bytes += chunk.length;
    }
  };
  once(mask); // warm
  once(plain);
  const ours = Math.min(once(mask), once(mask), once(mask));
  const least = Math.min(once(plain), once(plain), once(plain));
  const speed = (ms: number) => `${(TOTAL_BYTES / MEGABYTE / (ms / 1000)).toFixed(0)} MB/s`;
  return {
    name: "masking 100 MB of output",
    measured: ours,
    bound: 1000,
    unit: "ms",
    note: `${speed(ours)}, one RegExp ${speed(least)}, ratio ${(least / ours).toFixed(2)}`,
  };
}

/** Lines as jobs print them, a secret among them now and then, cut into chunks without regard for lines. */
function sampleChunks(secrets: readonly string[]): Buffer[] {
  const lines = Array.from({ length: 40_000 }, (_, index) => {
    const id = randomBytes(16).toString("hex");
    const secret = index % 1_000 === 0 ? ` password=${secrets[(index / 1_000) % secrets.length] ?? ""}` : "";
    return `GET /v3/projects/${id}?name=tenant-${index} -> 200 (${index % 90} ms, req-${id})${secret}`;
  });
  const text = Buffer.from(lines.join("\n"), "utf8");
  const count = Math.ceil(text.length / CHUNK_BYTES);
  return Array.from({ length: count }, (_, index) =>
    text.subarray(index * CHUNK_BYTES, (index + 1) * CHUNK_BYTES),
  );
}
