import type { HandoverSet } from "./open-box.ts";

export type HandoverRow = { label: string; value: string | null; absent: string };

/** The set in the words that the client reads. */
export function handoverRows(set: HandoverSet): HandoverRow[] {
  return [
    { label: "Dashboard", value: set.horizonUrl, absent: "This cloud names none." },
    { label: "Domain", value: set.domainName, absent: "" },
    { label: "Account", value: set.domainAdminName, absent: "" },
    { label: "Password", value: set.password, absent: "" },
    {
      label: "Certificate authority",
      value: set.caPem,
      absent: "A public authority signed the cloud's certificate; none has to be installed.",
    },
  ];
}

/** The set as a text file. */
export function handoverFile(set: HandoverSet): string {
  const lines = handoverRows(set).map(({ label, value, absent }) =>
    value?.includes("\n") ? `${label}:\n\n${value.trimEnd()}` : `${label}: ${value ?? absent}`,
  );
  return `${lines.join("\n")}\n`;
}
