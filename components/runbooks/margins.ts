import type { Marker } from "#server/domain/marker/compute.ts";
import { decodeProofs, type Proof } from "#server/domain/marker/schema.ts";
import type { MarginFacts } from "./runbook-data.ts";

/** What is proven of one stage on one cloud, of its parts, and for which tenants. */
export interface Margin {
  cloud: string;
  marker: Marker;
  parts: ReadonlyMap<string, Marker>;
  tenants: readonly { id: string; slug: string; proof: Proof }[];
}

/** The margin of a stage, one for each cloud. */
export function marginsOf(clouds: MarginFacts, stageKey: string): Margin[] {
  return clouds.flatMap(({ cloud, stages, tenants }) => {
    const at = stages.findIndex(({ key }) => key === stageKey);
    const stage = stages[at];
    if (!stage) return [];
    const columns = stages.map(({ marker }) => marker);
    const proofs = tenants.flatMap(({ id, slug, proofs: text }) => {
      const proof = decodeProofs(text, columns)[at];
      return proof === undefined ? [] : [{ id, slug, proof }];
    });
    const parts = new Map(stage.parts.map(({ name, marker }) => [name, marker]));
    return [{ cloud, marker: stage.marker, parts, tenants: proofs }];
  });
}
