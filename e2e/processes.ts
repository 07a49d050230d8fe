import { readdirSync, readFileSync } from "node:fs";

interface Shown {
  kind: "cmdline" | "environ";
  content: Buffer;
}

/** What the process list shows of a process and of everything that it started; nothing where there is no /proc. */
export function processesOf(root: number): Shown[] {
  const parents = new Map(listProcesses().map((pid) => [pid, parentOf(pid)]));
  const isBelow = (pid: number): boolean => {
    const seen = new Set<number>();
    for (let at: number | undefined = pid; at !== undefined && !seen.has(at); at = parents.get(at)) {
      if (at === root) return true;
      seen.add(at);
    }
    return false;
  };
  return [...parents.keys()].filter(isBelow).flatMap((pid) =>
    (["cmdline", "environ"] as const).flatMap((kind) => {
      const content = read(`/proc/${pid}/${kind}`);
      return content === null || content.length === 0 ? [] : [{ kind, content }];
    }),
  );
}

function listProcesses(): number[] {
  try {
    return readdirSync("/proc")
      .map(Number)
      .filter((pid) => Number.isInteger(pid) && pid > 0);
  } catch {
    // Not Linux.
    return [];
  }
}

/** proc_pid_stat(5): the fourth field, behind the name in brackets. */
function parentOf(pid: number): number {
  const stat = read(`/proc/${pid}/stat`)?.toString("latin1") ?? "";
  return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1] ?? 0);
}

function read(path: string): Buffer | null {
  try {
    return readFileSync(path);
  } catch {
    // It has ended, or belongs to somebody else.
    return null;
  }
}
