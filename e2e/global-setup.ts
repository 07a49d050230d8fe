import { startConsole } from "./console.ts";

/** One console for all stories; the workers learn its address and folder from the environment. */
export default async function globalSetup(): Promise<() => Promise<void>> {
  const running = await startConsole({ name: "stories" });
  process.env["E2E_ORIGIN"] = running.origin;
  process.env["E2E_DATA_DIR"] = running.dataDir;
  return () => running.stop();
}
