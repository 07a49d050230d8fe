import type { inferRouterOutputs } from "@trpc/server";
import { inclusionSides, type Side } from "#server/domain/audit/path.ts";
import type { AppRouter } from "#server/api/root.ts";

export type AuditEntryRead = inferRouterOutputs<AppRouter>["audit"]["entry"];
type Proof = NonNullable<AuditEntryRead["proof"]>;

export interface FoldedStep {
  side: Side;
  sibling: string;
  result: string;
}

export interface EntryVerdict {
  leaf: string;
  steps: FoldedStep[];
  /** Whether the fold ends at the root that was signed. */
  fits: boolean;
  /** `unknown` where this browser has no Ed25519. */
  signature: "fits" | "wrong" | "unknown";
}

/**
 * Computes the proof again in this browser: the leaf from the entry's own bytes, each step up to the root, and the
 * signature over the head. Hashes are hex.
 */
export async function verifyEntry(seq: number, canonical: string, proof: Proof): Promise<EntryVerdict> {
  const leaf = await hashOf(0, new TextEncoder().encode(canonical));
  const sides = inclusionSides(seq - 1, proof.head.size) ?? [];
  const steps: FoldedStep[] = [];
  let result = leaf;
  for (const [at, side] of sides.entries()) {
    const sibling = proof.path[at] ?? "";
    result = await hashOf(1, fromHex(side === "left" ? sibling + result : result + sibling));
    steps.push({ side, sibling, result });
  }
  const isExact = seq <= proof.head.size && sides.length === proof.path.length;
  return {
    leaf,
    steps,
    fits: isExact && result === proof.head.root,
    signature: await checkSignature(proof),
  };
}

/** RFC 9162 section 2.1.1: a leaf is hashed after 0x00, a node after 0x01. */
async function hashOf(prefix: 0 | 1, bytes: Uint8Array): Promise<string> {
  const data = new Uint8Array(bytes.length + 1);
  data[0] = prefix;
  data.set(bytes, 1);
  const hash = await crypto.subtle.digest("SHA-256", data);
  return Array.from(new Uint8Array(hash), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

async function checkSignature({ head, publicKey }: Proof): Promise<EntryVerdict["signature"]> {
  const { signature, at, format, key, root, size } = head;
  // The canonical form: members in this order, and all of them plain ASCII.
  const statement = new TextEncoder().encode(JSON.stringify({ at, format, key, root, size }));
  let imported: CryptoKey;
  try {
    imported = await crypto.subtle.importKey("raw", fromBase64Url(publicKey), "Ed25519", false, ["verify"]);
  } catch {
    // Browsers before 2025 have no Ed25519 in WebCrypto.
    return "unknown";
  }
  const isGood = await crypto.subtle.verify("Ed25519", imported, fromBase64Url(signature), statement);
  return isGood ? "fits" : "wrong";
}

const fromHex = (hex: string) => Uint8Array.from(hex.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16));

const fromBase64Url = (text: string) =>
  Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (char) => char.charCodeAt(0));
