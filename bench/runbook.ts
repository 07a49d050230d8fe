import { readFileSync } from "node:fs";
import { CATALOGUE } from "#server/domain/operation/catalogue.ts";
import { readRunbookText } from "#server/domain/runbook/foreign/document.ts";
import { type Figure, percentile } from "./figure.ts";

/**
 * How long a runbook of 1 MiB takes to read, in our own form and in that of others, beside a plain split of the same
 * text into lines in the same run; and how soon what nobody should send is read or refused.
 */
const MIB = 1024 * 1024;
const RUNS = 9;

/** The shipped onboarding runbook over and over, with other stage numbers and ids: every block of it is read. */
function ownText(): string {
  const shipped = readFileSync("runbooks/tenant-onboarding.md", "utf8");
  const at = shipped.indexOf("\n## Stage");
  const stages = shipped.slice(at);
  let text = shipped.slice(0, at);
  for (let round = 0; text.length < MIB; round += 1) {
    const letter = String.fromCharCode(65 + (round % 26));
    text += stages
      .replaceAll(
        /^## Stage ([^:]+):/gm,
        (_, key: string) => `## Stage ${letter}${round}.${key.replaceAll(/[./]/g, "")}:`,
      )
      .replaceAll(/^id: (\S+)/gm, `id: $1-${round}`);
  }
  return text;
}

function foreignText(): string {
  const page = readFileSync("server/domain/runbook/foreign/fixtures/printed-page.txt", "utf8");
  const phase = readFileSync("server/domain/runbook/foreign/fixtures/phase.md", "utf8");
  const both = `${page}\n${phase}\n`;
  return both.repeat(Math.ceil(MIB / both.length)).slice(0, MIB);
}

const fill = (unit: string) => unit.repeat(Math.ceil(MIB / unit.length)).slice(0, MIB);

/** What nobody should send: each is read to its end or refused, and neither takes long. */
const HOSTILE: readonly string[] = [
  fill("a"),
  fill("\n"),
  fill("--- BEGIN block: ((((("),
  fill("--- END block ---"),
  fill("**RUN -- h** -- t\n"),
  fill("## Stage 1: a\n"),
  fill("Stage What Status 1 A [DRAFT] 2 B [DRAFT] "),
  fill("[VALIDATED "),
  `---\nslug: a\n---\n${fill("```yaml block\n")}`,
  `---\nslug: a\n---\n\`\`\`yaml block\n${fill("[")}\n\`\`\`\n`,
  "a".repeat(3 * MIB),
];

/** The best of a few runs, in milliseconds; the first ones warm up. */
function best(run: () => void): number {
  let ms = Number.POSITIVE_INFINITY;
  for (let at = 0; at < RUNS; at += 1) {
    const before = performance.now();
    run();
    ms = Math.min(ms, performance.now() - before);
  }
  return ms;
}

export function measureRunbooks(): Figure[] {
  const figures = [
    { name: "runbook of 1 MiB, own form, read", text: ownText() },
    { name: "runbook of 1 MiB, form of others, read", text: foreignText() },
  ].map(({ name, text }): Figure => {
    const plain = best(() => void text.split("\n"));
    const measured = best(() => void readRunbookText(text, CATALOGUE));
    const { document } = readRunbookText(text, CATALOGUE);
    const blocks = document.stages.reduce((sum, stage) => sum + stage.blocks.length, 0);
    if (blocks < 100) throw new Error(`${name}: only ${blocks} blocks were read.`);
    const note = `${blocks} blocks; a split into lines took ${plain.toFixed(1)} ms: ${(measured / plain).toFixed(0)} times that`;
    return { name, measured, bound: 100, unit: "ms", note };
  });
  const hostile = HOSTILE.map((text) => best(() => void readRunbookText(text, CATALOGUE)));
  figures.push({
    name: "hostile runbook read or refused, the slowest",
    measured: percentile(hostile, 1),
    bound: 1000,
    unit: "ms",
    note: `${hostile.length} kinds of 1 MiB and more`,
  });
  return figures;
}
