import { readFixture } from "#server/testing/register-fixtures.ts";
import { readRegister } from "#server/domain/register/read.ts";
import { type Figure, table } from "./figure.ts";

/**
 * How long the import of a register of 10 MiB takes, beside a plain split of the same bytes into lines in the same run:
 * the ratio says what a busy machine's time does not.
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

const bytes = documentOf(10 * MIB);
const plain = best(() => new TextDecoder().decode(bytes).split("\n").length);
const read = best(() => {
  const { documents } = readRegister(bytes, "handoff.md");
  return documents.reduce(
    (sum, { content }) => sum + (content.kind === "handoff" ? content.handoff.items.length : 0),
    0,
  );
});
const figures: Figure[] = [
  {
    name: "import of 10 MiB",
    measured: read.ms,
    bound: 2000,
    unit: "ms",
    note: `${read.count} items; a split into ${plain.count} lines took ${plain.ms.toFixed(0)} ms: ${(read.ms / plain.ms).toFixed(1)} times that`,
  },
];
process.stdout.write(`${table(figures)}\n`);
