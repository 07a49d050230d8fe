import { spawn } from "node:child_process";
import { join } from "node:path";
import { supervisorEnv } from "#server/env.ts";
import { readPeople } from "#server/supervisor/people-file.ts";

const START_DEADLINE_MS = 5 * 60 * 1000;

export interface RunningConsole {
  origin: string;
  dataDir: string;
  stop(): Promise<void>;
}

/** The console of this data folder: the one that runs, or one that is started for the occasion and stopped after it. */
export async function useConsole(): Promise<RunningConsole> {
  const { origin, dataDir } = supervisorEnv();
  if (await isHealthy(origin)) return { origin, dataDir, stop: () => Promise.resolve() };
  const child = spawn(process.execPath, [join(import.meta.dirname, "../../bin/start.mjs")], {
    // The channel ends it even when this process is killed.
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const deadline = Date.now() + START_DEADLINE_MS;
  while (!(await isHealthy(origin))) {
    if (child.exitCode !== null) throw new Error("The console did not start; its own words are above.");
    if (Date.now() > deadline) throw new Error(`The console did not answer at ${origin} in time.`);
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  return {
    origin,
    dataDir,
    stop: async () => {
      child.kill("SIGTERM");
      await ended;
    },
  };
}

/** A demonstration person who holds a role, with the password kept at the first start. */
export function demoPerson(dataDir: string, name: string) {
  const person = readPeople(dataDir).find((entry) => entry.name === name);
  if (!person) throw new Error(`${name} is not among the demonstration people of ${dataDir}.`);
  return person;
}

async function isHealthy(origin: string): Promise<boolean> {
  try {
    return (await fetch(`${origin}/healthz`)).ok;
  } catch {
    // Nobody listens yet.
    return false;
  }
}
