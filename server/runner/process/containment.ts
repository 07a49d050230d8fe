import { execFile } from "node:child_process";
import { promisify } from "node:util";

/** How the children of a shell are kept together: by the kernel, or by looking for them. */
export type Containment = "pid_namespace" | "user_pid_namespace" | "process_group";

// setpriv(1), unshare(1), util-linux. The first ends the second with us, the second ends the namespace with itself.
const WITH_PARENT = ["setpriv", "--pdeathsig", "KILL", "--"];
const NAMESPACE = ["unshare", "--pid", "--fork", "--kill-child", "--mount-proc"];

export const CONTAINED_BY: Readonly<Record<Containment, readonly string[]>> = {
  pid_namespace: [...WITH_PARENT, ...NAMESPACE, "--"],
  user_pid_namespace: [...WITH_PARENT, ...NAMESPACE, "--user", "--map-root-user", "--"],
  process_group: WITH_PARENT,
};

/** The strongest way that this host allows, or null when not even its tools are there. Ask once per process. */
export async function findContainment(): Promise<Containment | null> {
  for (const way of ["pid_namespace", "user_pid_namespace", "process_group"] as const) {
    if (await works(CONTAINED_BY[way])) return way;
  }
  return null;
}

async function works([command = "", ...given]: readonly string[]): Promise<boolean> {
  try {
    await promisify(execFile)(command, [...given, "/bin/bash", "-c", "exit 0"], { timeout: 5_000 });
    return true;
  } catch {
    return false;
  }
}
