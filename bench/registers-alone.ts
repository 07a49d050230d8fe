import { makeDataDir, startConsole } from "./console.ts";
import { table } from "./figure.ts";
import { measureItemsInBrowser } from "./items-in-browser.ts";
import { measureRegisters } from "./registers.ts";

/** By hand: the figures of the registers alone. */
const folder = makeDataDir();
const running = await startConsole(folder.dataDir);
try {
  process.stdout.write(
    `${table([...(await measureRegisters(running)), ...(await measureItemsInBrowser(running))])}\n`,
  );
} finally {
  await running.stop();
  folder.remove();
}
