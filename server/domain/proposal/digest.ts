import { canonicalDigest, type Json } from "../canonical/json.ts";
import type { ProposalKind } from "./states.ts";

/**
 * What a proposal does, in words, rendered by the console from its content and from what is true at that moment. Lines
 * that are equal before and after say what stays.
 */
export interface Rendering {
  title: string;
  /** What it does when it is applied, in one sentence. */
  says: string;
  before: readonly string[];
  after: readonly string[];
}

/** The digest that a second person decides: content and rendering, bound to this one proposal. */
export function proposalDigest(of: {
  id: string;
  kind: ProposalKind;
  content: Json;
  rendering: Rendering;
  requestedBy: string;
  expiresAt: Date;
}): string {
  const { title, says, before, after } = of.rendering;
  return canonicalDigest({
    format: "proposal/1",
    id: of.id,
    kind: of.kind,
    content: of.content,
    rendering: { title, says, before, after },
    requestedBy: of.requestedBy,
    expiresAt: of.expiresAt.toISOString(),
  });
}
