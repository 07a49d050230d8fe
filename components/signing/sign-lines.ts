export const SYSTEMS = ["macos", "linux", "windows"] as const;
export type System = (typeof SYSTEMS)[number];

export const SYSTEM_WORDS: Record<System, string> = {
  macos: "macOS",
  linux: "Linux",
  windows: "Windows (PowerShell)",
};

/** What the file with the bytes to sign is called. */
export function operationFile(of: { number: number; attempt: number }): string {
  return `job-${of.number}-${of.attempt}.json`;
}

interface SignLines {
  /** Writes the signature beside the file, with `.sig` behind its name. */
  sign: string;
  /** Puts the signature on the clipboard. */
  copy: string;
}

/** The lines to type where the file was saved. ssh-keygen(1): -Y sign -n namespace -f key file. */
export function signLines(system: System, of: { namespace: string; file: string }): SignLines {
  const { namespace, file } = of;
  const sign = (key: string) => `ssh-keygen -Y sign -n ${namespace} -f ${key} ${file}`;
  switch (system) {
    case "macos":
      return { sign: sign("~/.ssh/id_ed25519"), copy: `pbcopy < ${file}.sig` };
    case "linux":
      return { sign: sign("~/.ssh/id_ed25519"), copy: `cat ${file}.sig` };
    case "windows":
      return {
        sign: sign('"$env:USERPROFILE\\.ssh\\id_ed25519"'),
        copy: `Get-Content ${file}.sig | Set-Clipboard`,
      };
  }
}
