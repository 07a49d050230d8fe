import { KEYSTONE_OPERATIONS, type KeystoneOperation } from "./keystone-operation.ts";

export interface MatchedRequest {
  operation: KeystoneOperation;
  variables: Record<string, string>;
}

/** The operation that a call of Keystone is; null for one that is not modelled. */
export function findRequest(method: string, path: string): MatchedRequest | null {
  const words = path.replace(/^\/v3\//, "/").split("/");
  for (const operation of KEYSTONE_OPERATIONS) {
    if (operation.method !== method) continue;
    for (const pattern of operation.paths) {
      const variables = matchPath(pattern.split("/"), words);
      if (variables !== null) return { operation, variables };
    }
  }
  return null;
}

function matchPath(pattern: readonly string[], words: readonly string[]): Record<string, string> | null {
  if (pattern.length !== words.length) return null;
  const variables: Record<string, string> = {};
  for (const [index, part] of pattern.entries()) {
    const word = words[index] ?? "";
    if (part.startsWith(":")) variables[part.slice(1)] = word;
    else if (part !== word) return null;
  }
  return variables;
}
