import { parseDocument } from "yaml";
import { type RegisteredActor, readActor } from "./actor.ts";
import { Faults, type RegistryFault } from "./fault.ts";
import { ACTORS_MAX, REGISTRY_MAX_CHARACTERS } from "./limits.ts";

export type ReadInventory =
  | { kind: "read"; actors: readonly RegisteredActor[] }
  | { kind: "refused"; faults: readonly RegistryFault[] };

const FIELDS: ReadonlySet<string> = new Set([
  "name",
  "type",
  "principals",
  "ttl_hours",
  "allowed_subjects",
  "description",
  "retired",
]);

/**
 * Reads an inventory: YAML with `actors:`, a mapping by name or a list with `name`, each with `type`, `principals`,
 * `ttl_hours`, and where wanted `description`, `allowed_subjects`, `retired`. One bad row refuses the whole file.
 */
export function readInventory(text: string): ReadInventory {
  const faults = new Faults();
  const root = parseYaml(text, faults);
  const actors = root === null ? [] : readActors(root, faults);
  return faults.list.length > 0 ? { kind: "refused", faults: faults.list } : { kind: "read", actors };
}

function parseYaml(text: string, faults: Faults): object | null {
  if (text.length > REGISTRY_MAX_CHARACTERS) {
    faults.add("", "too_long", "The file is longer than 4 MiB and was not read.");
    return null;
  }
  try {
    const document = parseDocument(text, { prettyErrors: true, logLevel: "error", uniqueKeys: true });
    const [first] = document.errors;
    if (first !== undefined) {
      const [sentence = ""] = first.message.split("\n");
      faults.add("", "not_readable", `This is not YAML: ${sentence.slice(0, 200)}`);
      return null;
    }
    // No alias is followed: an inventory needs none, and a few can stand for gigabytes.
    const value: unknown = document.toJS({ maxAliasCount: 0 });
    if (isRecord(value)) return value;
  } catch (error) {
    if (!(error instanceof RangeError || error instanceof ReferenceError)) throw error;
    faults.add("", "not_readable", "The file is nested too deeply, or uses aliases.");
    return null;
  }
  faults.add("", "wrong_kind", "An inventory is a mapping with actors.");
  return null;
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function readActors(root: object, faults: Faults): RegisteredActor[] {
  for (const key of Object.keys(root)) {
    if (key !== "actors") faults.add(key, "unknown_field", `${key} is no part of an inventory.`);
  }
  const listed: unknown = "actors" in root ? root.actors : undefined;
  if (!isRecord(listed) && !Array.isArray(listed)) {
    faults.add(
      "actors",
      listed === undefined ? "missing" : "wrong_kind",
      "Say under actors which ones there are.",
    );
    return [];
  }
  const rows: { path: string; name: unknown; row: unknown }[] = Array.isArray(listed)
    ? listed.map((row, index) => ({
        path: `actors[${index}]`,
        name: isRecord(row) ? row["name"] : undefined,
        row,
      }))
    : Object.entries(listed).map(([name, row]) => ({ path: `actors.${name}`, name, row }));
  if (rows.length > ACTORS_MAX) {
    faults.add("actors", "too_many", `An inventory has at most ${ACTORS_MAX} actors.`);
    return [];
  }
  const seen = new Set<string>();
  return rows.flatMap(({ path, name, row }) => {
    const actor = readRow({ path, name, row }, !Array.isArray(listed), faults);
    if (actor === null) return [];
    if (seen.has(actor.name)) {
      faults.add(path, "repeated", `${actor.name} stands in the inventory twice.`);
      return [];
    }
    seen.add(actor.name);
    return [actor];
  });
}

function readRow(
  { path, name, row }: { path: string; name: unknown; row: unknown },
  isByName: boolean,
  faults: Faults,
): RegisteredActor | null {
  if (!isRecord(row)) {
    faults.add(path, "wrong_kind", "An actor is a mapping of its fields.");
    return null;
  }
  for (const key of Object.keys(row)) {
    const isKnown = FIELDS.has(key) && !(isByName && key === "name" && row[key] !== name);
    if (!isKnown) faults.add(`${path}.${key}`, "unknown_field", `${key} is no field of an actor.`);
  }
  return readActor(
    {
      path,
      name,
      ...(isByName ? {} : { namePath: `${path}.name` }),
      type: row["type"],
      principals: row["principals"],
      ttlHours: row["ttl_hours"],
      subjects: row["allowed_subjects"],
      description: row["description"] ?? undefined,
      retired: row["retired"],
      fields: {
        type: "type",
        principals: "principals",
        ttlHours: "ttl_hours",
        subjects: "allowed_subjects",
      },
    },
    faults,
  );
}
