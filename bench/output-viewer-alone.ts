import { demoPerson } from "#server/demo/console.ts";
import { signIn } from "#server/demo/api-client.ts";
import { makeDataDir, startConsole } from "./console.ts";
import { table } from "./figure.ts";
import { measureOutputViewer } from "./output-viewer.ts";

/** By hand: the figures of a long output alone. */
const folder = makeDataDir();
const running = await startConsole(folder.dataDir);
try {
  const people = {
    operator: await signIn(running.origin, demoPerson(running.dataDir, "Olivia Operator")),
    reviewer: await signIn(running.origin, demoPerson(running.dataDir, "Rita Reviewer")),
  };
  process.stdout.write(`${table(await measureOutputViewer({ ...running, ...people }))}\n`);
} finally {
  await running.stop();
  folder.remove();
}
