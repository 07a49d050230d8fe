/** Every bound of one shell process and its children. Times in milliseconds, sizes in bytes. */
export interface ProcessLimits {
  readonly timeMs: number;
  /** Of both streams together; what comes after ends the process. */
  readonly outputBytes: number;
  readonly outputLines: number;
  /** The rest of a longer line is left out, with a mark. */
  readonly lineBytes: number;
  readonly scriptBytes: number;
  /** At once, the shell included. */
  readonly processes: number;
  /** Of each process, as the shell's own limits. */
  readonly memoryBytes: number;
  readonly fileBytes: number;
  readonly openFiles: number;
  /** Between a polite end and a hard one. */
  readonly graceMs: number;
  /** How long output may still come after the shell itself has ended. */
  readonly drainMs: number;
}

export const PROCESS_LIMITS: ProcessLimits = {
  timeMs: 60 * 60_000,
  outputBytes: 64 * 1024 * 1024,
  outputLines: 1_000_000,
  lineBytes: 64 * 1024,
  scriptBytes: 64 * 1024,
  processes: 256,
  memoryBytes: 2 * 1024 * 1024 * 1024,
  fileBytes: 1024 * 1024 * 1024,
  openFiles: 1024,
  graceMs: 5_000,
  drainMs: 500,
};

/** How often the children of a process are counted. */
export const COUNT_EVERY_MS = 100;
/** How long killed processes are looked for until somebody has to be told. */
export const SWEEP_FOR_MS = 2_000;
export const SWEEP_EVERY_MS = 20;
