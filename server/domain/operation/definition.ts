import type * as z from "zod";
import type { Effect } from "../plan/states.ts";

/** The importable half of a catalogue entry: what it is called, what it takes, what it does. The handler is the runner's. */
export interface OperationDefinition<P extends z.ZodType = z.ZodType> {
  /** `identity.domain.ensure`. */
  id: string;
  /** Raised whenever the same parameters would lead to other calls. */
  version: number;
  effect: Effect;
  title: string;
  parameters: P;
  /** Values that a read-back of this operation always has. */
  outputs: readonly string[];
}

/** The catalogue: every operation a runbook may name. An unknown id does not parse. */
export type Catalogue = ReadonlyMap<string, OperationDefinition>;
