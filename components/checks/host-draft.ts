import type { HostRow } from "./check-data.ts";

/** A host as it is being written, all of it text. */
export interface HostDraft {
  name: string;
  address: string;
  port: string;
  user: string;
  hostKeys: string;
  keyId: string;
  aliases: string;
  denied: string;
  environment: string;
}

export function draftOf(row: HostRow | null): HostDraft {
  const known = row?.content ?? null;
  const ssh = known?.kind === "ssh" ? known : null;
  return {
    name: row?.name ?? "",
    address: ssh?.address ?? "",
    port: String(ssh?.port ?? 22),
    user: ssh?.user ?? "",
    hostKeys: ssh?.hostKeys.join("\n") ?? "",
    keyId: ssh?.keyId ?? "",
    aliases: known?.aliases.join(", ") ?? "",
    denied: known?.denied.join("\n") ?? "",
    environment: known?.environment.join(", ") ?? "",
  };
}

/** What is sent of a draft. */
export function contentOf(draft: HostDraft, of: { isLocal: boolean; isRetired: boolean }) {
  const common = {
    aliases: piecesOf(draft.aliases, ","),
    denied: piecesOf(draft.denied, "\n"),
    environment: piecesOf(draft.environment, ","),
    isRetired: of.isRetired,
  };
  if (of.isLocal) return { kind: "local" as const, ...common };
  const { address, port, user, hostKeys, keyId } = draft;
  return {
    kind: "ssh" as const,
    ...common,
    address,
    port: Number(port),
    user,
    hostKeys: piecesOf(hostKeys, "\n"),
    keyId,
  };
}

function piecesOf(text: string, by: string): string[] {
  return text
    .split(by)
    .map((piece) => piece.trim())
    .filter((piece) => piece !== "");
}
