import { spawn } from "node:child_process";
import { once } from "node:events";
import { expect, it } from "vitest";

const RUN = new URL("./run.mjs", import.meta.url).href;

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    // No such process.
    return false;
  }
}

it.each(["SIGTERM", "SIGHUP"])("ends the command it runs when it is ended itself by %s", async (signal) => {
  const command = `[process.execPath, "-e", "console.log(process.pid); setInterval(() => {}, 1000)"]`;
  const script = `import { run } from ${JSON.stringify(RUN)}; await run(${command}, { isShown: true });`;
  const parent = spawn(process.execPath, ["--input-type=module", "-e", script], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [line] = await once(parent.stdout, "data");
  const pid = Number(String(line));
  expect(isAlive(pid)).toBe(true);
  parent.kill(signal);
  const [code] = await once(parent, "exit");
  expect(code).toBe(1);
  expect(isAlive(pid)).toBe(false);
});
