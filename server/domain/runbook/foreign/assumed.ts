import type { BlockIdentity, DocumentDiagnostic, Placed } from "./model.ts";

const SOURCED = /(?:^|[;&\s(])(?:source|\.)\s+["']?(?:~|\$HOME|\$\{HOME\})\/([a-z0-9_-]{1,40}?)-?openrc\b/;
const USERNAME = /\bOS_USERNAME=["']?([^"'\s;]{1,80})/;
const APP_CREDENTIAL = /\bOS_APPLICATION_CREDENTIAL_ID=|\bv3applicationcredential\b/;

/** The identity that a line of commands takes on, in the words documents use; null for every other line. */
export function assumedIn(line: string): string | null {
  if (line.includes("openrc")) {
    const name = SOURCED.exec(line)?.[1];
    if (name !== undefined) return name === "" ? "operator" : name;
  }
  if (!line.includes("OS_") && !line.includes("v3application")) return null;
  if (APP_CREDENTIAL.test(line)) return "app cred";
  const user = USERNAME.exec(line)?.[1];
  if (user === undefined) return null;
  return user.endsWith("-domain-admin") ? "manager" : `user ${user}`;
}

/** Where the commands of a block take on somebody whom its label does not name. */
export function unnamedIdentities(
  identities: readonly BlockIdentity[],
  assumed: readonly Placed[],
): DocumentDiagnostic[] {
  if (identities.length === 0) return [];
  const named = identities.map(({ name }) => name.toLowerCase());
  return assumed
    .filter(
      ({ text }) =>
        !named.some((name) => name.includes(text.toLowerCase()) || text.toLowerCase().includes(name)),
    )
    .map(({ text, line }) => ({
      code: "block.other_identity",
      severity: "warning" as const,
      line,
      says: `The commands here act as ${text}, whom the block's label does not name.`,
    }));
}

const CHANGES =
  /\b(?:openstack\s+(?:[a-z0-9 -]{1,60}\s)?(?:create|delete|set|unset|add|remove|rebuild|migrate)\b|juju\s+(?:deploy|remove-|config\s+\S+\s+\S+=|run\b)|vault\s+(?:write|delete)\b|rm\s+-|dd\s+of=|mkfs|systemctl\s+(?:re)?st(?:art|op)\b)|\s--apply\b/;

/** A command that is known to change something; help for whoever reads, no guard. */
export function seemsToChange(line: string): boolean {
  return CHANGES.test(line);
}
