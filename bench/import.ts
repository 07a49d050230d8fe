import { readRegister } from "#server/domain/register/read.ts";
import { recordsIn } from "#server/domain/register/records.ts";
import { readFixture } from "#server/testing/register-fixtures.ts";
import { type Figure, percentile } from "./figure.ts";

/**
 * How long the import of a register of 10 MiB takes to read, beside a plain split of the same bytes into lines in the
 * same run: the ratio says what a busy machine's time does not. And how soon it is refused what nobody should send.
 */
const MIB = 1024 * 1024;
const RUNS = 5;

function documentOf(size: number): Uint8Array {
  const one = readFixture("handoff.md");
  return new TextEncoder().encode(`${one}\n`.repeat(Math.ceil(size / one.length)).slice(0, size));
}

/** The best of a few runs, in milliseconds. */
function best(run: () => number): { ms: number; count: number } {
  let ms = Number.POSITIVE_INFINITY;
  let count = 0;
  for (let at = 0; at < RUNS; at += 1) {
    const before = performance.now();
    count = run();
    ms = Math.min(ms, performance.now() - before);
  }
  return { ms, count };
}

const fill = (unit: string, size: number): Uint8Array =>
  new TextEncoder().encode(unit.repeat(Math.ceil(size / unit.length)).slice(0, size));

/** What nobody should send; each is refused without being read. */
const HOSTILE: readonly (() => Uint8Array)[] = [
  () => fill("a", 16 * MIB + 1),
  () => fill("\n", 10 * MIB),
  () => fill("\r", 10 * MIB),
  () => fill("H-1 -- a\n", 10 * MIB),
  () => fill("## D-001: t\n", 10 * MIB),
  () => fill("| SEC-001 | a |\n", 10 * MIB),
  () => fill("diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -0,0 +1 @@\n+a\n", 10 * MIB),
  () => new Uint8Array([0xff, 0xfe, ...fill("a\u0000", 1000)]),
];

export function measureImport(): Figure[] {
  const bytes = documentOf(10 * MIB);
  const plain = best(() => new TextDecoder().decode(bytes).split("\n").length);
  const read = best(() => readRegister(bytes, "handoff.md").documents.flatMap(recordsIn).length);
  const refusals = HOSTILE.map((make) => {
    const sent = make();
    return best(() => {
      if (readRegister(sent, null).isExact) throw new Error("It was read and not refused.");
      return 0;
    }).ms;
  });
  const ratio = (read.ms / plain.ms).toFixed(1);
  return [
    {
      name: "import of 10 MiB, read",
      measured: read.ms,
      bound: 2000,
      unit: "ms",
      note: `${read.count} records; a split into ${plain.count} lines took ${plain.ms.toFixed(0)} ms: ${ratio} times that`,
    },
    {
      name: "hostile document refused, the slowest",
      measured: percentile(refusals, 1),
      bound: 200,
      unit: "ms",
      note: `${refusals.length} kinds of 10 MiB and more`,
    },
  ];
}
