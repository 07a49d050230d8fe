import type { Json } from "../canonical/json.ts";
import type { Identity } from "../plan/states.ts";

/** Where something stands in the document; lines and columns start at 1. */
export interface Position {
  line: number;
  column: number;
}

export interface Diagnostic extends Position {
  severity: "error" | "warning";
  says: string;
}

/** One step of a block: a typed operation with its parameters, what it saves and what it expects. */
export interface RunbookStep {
  id: string;
  operation: string;
  /** Parameters with `{{ tenant.slug }}`, `{{ inputs.cidr }}`, `{{ saved.domain_id }}` still in them. */
  with: { readonly [key: string]: Json };
  save: Record<string, string>;
  expect: string[];
  /** How often it is tried again where it is certain that nothing was done; left out: never. */
  retry?: number;
  title: string;
  position: Position;
}

/** A block of steps run as one identity; the unit whose bytes are hashed. */
export interface RunbookBlock {
  id: string;
  as: Identity;
  /** For a block of shell text: where it runs, as which account, and whether it says that it only reads. */
  on?: {
    host: string;
    account: string;
    kind: "check" | "run";
    /** Its author wants it run by a person, who pastes what it printed. */
    byHand?: true;
  };
  title: string;
  steps: RunbookStep[];
  /** sha256 over the block's normalised bytes. */
  hash: string;
  position: Position;
}

export interface RunbookGate {
  id: string;
  assertions: { that: string; says: string; advice: string }[];
  hash: string;
  position: Position;
}

/** A piece of a stage in document order: prose (Markdown), a block, or the gate. */
export type StagePart =
  | { kind: "prose"; markdown: string }
  | { kind: "block"; block: RunbookBlock }
  | { kind: "gate"; gate: RunbookGate };

export interface RunbookStage {
  /** `0`, `1`, `2.5`, `6-7`, `R1`: stable, used in URLs. A letter keeps the stages of a tenant's runbooks apart. */
  key: string;
  title: string;
  parts: StagePart[];
  /** sha256 over the hashes of its blocks and gate, in order: what a green run proves. */
  hash: string;
  position: Position;
}

export interface RunbookInput {
  name: string;
  type: "slug" | "cidr" | "count" | "text";
  title: string;
  hint: string;
  default: string | number | null;
}

/** What a runbook is for: a cloud that tenants are taken into, or a hypervisor with its guests. */
export const CLOUD_KINDS = ["openstack", "hypervisor"] as const;
export type CloudKind = (typeof CLOUD_KINDS)[number];

export interface Runbook {
  slug: string;
  title: string;
  cloudKind: CloudKind;
  inputs: RunbookInput[];
  /** As-run values that another runbook of the tenant saved and this one builds on. */
  uses: string[];
  /** Prose before the first stage. */
  introduction: string;
  stages: RunbookStage[];
  /** sha256 over the normalised bytes of the whole document. */
  contentHash: string;
}

export type ParsedRunbook = { runbook: Runbook | null; diagnostics: Diagnostic[] };
