import { readdirSync, readFileSync } from "node:fs";
import { readdir, readFile, readlink } from "node:fs/promises";
import { RUN_VARIABLE } from "./environment.ts";
import { SWEEP_EVERY_MS, SWEEP_FOR_MS } from "./process-limits.ts";
import { wait } from "../wait.ts";

/** What every process of one run has at least one of, however it was started. */
export interface RunMarks {
  runId: string;
  /** Its own folder, which is where the shell starts. */
  folder: string;
  /** The process group and session of the shell. */
  groupId: number;
}

/**
 * Process ids of one run: by its mark in the environment, by a working folder inside its own,
 * by its group or session, and whatever was started by one of those. A process that cleared its environment, left the
 * group, left the folder and was orphaned, all before anybody looked, is not found; a PID namespace has no such gap.
 */
export async function findSurvivors(marks: RunMarks): Promise<number[]> {
  const processes = await listProcesses();
  const found = new Set<number>();
  for (const one of processes) {
    const isGrouped = one.groupId === marks.groupId || one.sessionId === marks.groupId;
    if (isGrouped || (await isMarked(one.pid, marks))) found.add(one.pid);
  }
  addChildren(found, processes);
  return [...found];
}

/**
 * How many processes of a run there are now, by group, session and parent. Reads without yielding: a fork bomb grows
 * faster than a queue of reads, and each of these takes microseconds.
 */
export function countProcesses(groupId: number): number {
  const rows = readdirSync("/proc").flatMap((name) => {
    const row = /^\d+$/.test(name) ? parseStat(Number(name), statNow(name)) : null;
    return row === null ? [] : [row];
  });
  const found = new Set(
    rows.filter((one) => one.groupId === groupId || one.sessionId === groupId).map(({ pid }) => pid),
  );
  addChildren(found, rows);
  return found.size;
}

function statNow(name: string): string {
  try {
    return readFileSync(`/proc/${name}/stat`, "utf8");
  } catch {
    return ""; // gone meanwhile
  }
}

function addChildren(found: Set<number>, among: readonly ProcessRow[]): void {
  for (let before = -1; before !== found.size;) {
    before = found.size;
    for (const { pid, parentId } of among) if (found.has(parentId)) found.add(pid);
  }
}

/** Kills every process of a run until none is left; resolves to those that still are when time is up. */
export async function sweep(marks: RunMarks): Promise<number[]> {
  const giveUpAt = performance.now() + SWEEP_FOR_MS;
  for (;;) {
    const left = await findSurvivors(marks);
    for (const pid of left) killIfThere(pid, "SIGKILL");
    if (left.length === 0 || performance.now() > giveUpAt) return left;
    await wait(SWEEP_EVERY_MS);
  }
}

/** Sends a signal to a process, or with a negative id to a group; false when there is none. */
export function killIfThere(pid: number, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, signal);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ESRCH") return false;
    throw error;
  }
}

interface ProcessRow {
  pid: number;
  parentId: number;
  groupId: number;
  sessionId: number;
}

async function listProcesses(): Promise<ProcessRow[]> {
  const names = await readdir("/proc");
  const rows = await Promise.all(
    names.filter((name) => /^\d+$/.test(name)).map((name) => readProcess(Number(name))),
  );
  return rows.flatMap((row) => (row === null || row.pid === process.pid ? [] : [row]));
}

async function readProcess(pid: number): Promise<ProcessRow | null> {
  return parseStat(pid, await readFile(`/proc/${pid}/stat`, "utf8").catch(() => ""));
}

// proc_pid_stat(5): pid (comm) state ppid pgrp session; comm may hold blanks and brackets. Zombies are gone already.
function parseStat(pid: number, stat: string): ProcessRow | null {
  const [state, parentId, groupId, sessionId] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  if (state === undefined || state === "" || state === "Z" || state === "X") return null;
  return { pid, parentId: Number(parentId), groupId: Number(groupId), sessionId: Number(sessionId) };
}

async function isMarked(pid: number, { runId, folder }: RunMarks): Promise<boolean> {
  const environment = await readFile(`/proc/${pid}/environ`, "latin1").catch(() => "");
  if (environment.split("\0").includes(`${RUN_VARIABLE}=${runId}`)) return true;
  const cwd = await readlink(`/proc/${pid}/cwd`).catch(() => "");
  return cwd === folder || cwd.startsWith(`${folder}/`);
}
