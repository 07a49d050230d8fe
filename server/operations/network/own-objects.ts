import type { CloudReader } from "../cloud-reader.ts";
import { notFound } from "../draft.ts";

/** Those of the session's own project: a tenant also sees what is shared with it. */
export function ownOf<T extends { project_id: string }>(reader: CloudReader, objects: readonly T[]): T[] {
  const { projectId } = reader.session.describe();
  if (projectId === null) {
    throw notFound("The identity of this block has no project, so nothing in a project can be its own.");
  }
  return objects.filter((object) => object.project_id === projectId);
}

/** Neutron lets names repeat: only one of the name can be told to be meant. */
export function severalOf(what: string, name: string, count: number): { says: string; advice: string } {
  return {
    says: `The project has ${count} ${what}s named ${name}. Which one is meant cannot be told.`,
    advice: `Delete or rename all but one ${what}, then preview again.`,
  };
}
