import { demoPerson } from "#server/demo/console.ts";
import { signIn } from "#server/demo/api-client.ts";
import { makeDataDir, startConsole } from "./console.ts";
import { type Figure, table } from "./figure.ts";
import { measureAudit } from "./audit.ts";
import { measureBoard } from "./board.ts";
import { measureCertificates } from "./certificate.ts";
import { measureGate } from "./gate.ts";
import { measureDecisions } from "./decision.ts";
import { measureFleet, measureGuestLanes, measureGuestPlans } from "./guests.ts";
import { measureImport } from "./import.ts";
import { measureItemsInBrowser } from "./items-in-browser.ts";
import { measureLiveLine } from "./live-line.ts";
import { measureRegisters } from "./registers.ts";
import { measureNumbers } from "./numbers.ts";
import { measurePolicy } from "./policy.ts";
import { measureRedaction } from "./redaction.ts";
import { measureRunbooks } from "./runbook.ts";
import { measureSignatures } from "./signature.ts";
import { measureShell } from "./shell.ts";
import { measureSignInToBoard } from "./sign-in.ts";
import { measureStageOverhead } from "./stage-overhead.ts";

/**
 * `npm run bench`: the product's own figures, measured on a console that is started for it, each beside its bound. Read
 * the ratios: absolute times are those of this machine at this moment.
 */
const say = (line: string) => void process.stdout.write(`${line}\n`);
const folder = makeDataDir();
const first = await startConsole(folder.dataDir);
await first.stop();
const running = await startConsole(folder.dataDir);
try {
  const figures: Figure[] = [
    {
      name: "second start to first page",
      measured: running.startedInMs,
      bound: 3000,
      unit: "ms",
      note: `first start ${first.startedInMs.toFixed(0)} ms`,
    },
  ];
  const people = {
    operator: await signIn(running.origin, demoPerson(running.dataDir, "Olivia Operator")),
    reviewer: await signIn(running.origin, demoPerson(running.dataDir, "Rita Reviewer")),
  };
  const apart = [
    measureSignInToBoard,
    measureStageOverhead,
    measureLiveLine,
    measureBoard,
    measureGate,
    measureCertificates,
    measureFleet,
  ];
  for (const measure of apart) {
    figures.push(await measure({ ...running, ...people }));
    say(`${figures.at(-1)?.name} done`);
  }
  figures.push(...(await measureShell({ ...running, ...people })));
  figures.push(...(await measureAudit(running)));
  figures.push(...(await measureRegisters(running)));
  figures.push(...(await measureItemsInBrowser(running)));
  figures.push(...(await measureNumbers(running)));
  figures.push(measureGuestPlans(), measureGuestLanes());
  figures.push(...measureImport());
  figures.push(...measureRunbooks());
  figures.push(...measurePolicy());
  figures.push(...(await measureDecisions()));
  figures.push(measureRedaction());
  figures.push(...(await measureSignatures()));
  say(`\n${table(figures)}`);
} finally {
  await running.stop();
  folder.remove();
}
