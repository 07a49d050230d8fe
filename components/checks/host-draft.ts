import type { HostRow } from "./check-data.ts";

/** A host as it is being written, all of it text. */
export interface HostDraft {
  name: string;
  address: string;
  port: string;
  user: string;
  hostKeys: string;
  /** `key:` and an id, or `actor:` and a name. */
  signIn: string;
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
    signIn: signInOf(ssh),
    aliases: known?.aliases.join(", ") ?? "",
    denied: known?.denied.join("\n") ?? "",
    environment: known?.environment.join(", ") ?? "",
  };
}

function signInOf(ssh: { keyId?: string | undefined; actor?: string | undefined } | null): string {
  if (ssh?.actor !== undefined) return `actor:${ssh.actor}`;
  return ssh?.keyId === undefined ? "" : `key:${ssh.keyId}`;
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
  const { address, port, user, hostKeys, signIn } = draft;
  const [kind, ...rest] = signIn.split(":");
  return {
    kind: "ssh" as const,
    ...common,
    address,
    port: Number(port),
    user,
    hostKeys: piecesOf(hostKeys, "\n"),
    ...(kind === "actor" ? { actor: rest.join(":") } : {}),
    ...(kind === "key" ? { keyId: rest.join(":") } : {}),
  };
}

function piecesOf(text: string, by: string): string[] {
  return text
    .split(by)
    .map((piece) => piece.trim())
    .filter((piece) => piece !== "");
}
