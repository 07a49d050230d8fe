import { isJsonObject } from "#server/sandbox/kernel/wire.ts";
import { type IdMap, listIds } from "./id-map.ts";

/** Values that are different in every run; only their type is compared. */
const volatileKeys = new Set([
  "access",
  "audit_ids",
  "blob",
  "created_at",
  "expires_at",
  "fingerprint",
  "issued_at",
  "mac_address",
  "private_key",
  "public_key",
  "secret",
  "stack_id",
  "updated_at",
]);

/** An address the cloud draws from the external pool. */
const POOL_ADDRESS = /^203\.0\.113\.\d+$/;

/**
 * Where an answer differs from the recorded one, as "path: sentence" lines; empty when they agree. Keys and
 * types are compared recursively, and values too, after replacing ids; new ids are learned into `ids`.
 */
export function listDifferences(recorded: unknown, actual: unknown, ids: IdMap): string[] {
  return compare(recorded, actual, { path: "$", key: "", ids });
}

interface Place {
  path: string;
  key: string;
  ids: IdMap;
}

function compare(recorded: unknown, actual: unknown, place: Place): string[] {
  if (recorded === "<catalog>") {
    return Array.isArray(actual) && actual.length > 0 ? [] : [`${place.path}: expected a catalog`];
  }
  if (kindOf(recorded) !== kindOf(actual)) {
    return [
      `${place.path}: expected ${kindOf(recorded)}, got ${kindOf(actual)} (${show(recorded)} / ${show(actual)})`,
    ];
  }
  if (volatileKeys.has(place.key)) return [];
  if (Array.isArray(recorded) && Array.isArray(actual)) return compareArrays(recorded, actual, place);
  if (isJsonObject(recorded) && isJsonObject(actual)) return compareObjects(recorded, actual, place);
  if (typeof recorded === "string" && typeof actual === "string")
    return compareTexts(recorded, actual, place);
  return recorded === actual ? [] : [`${place.path}: expected ${show(recorded)}, got ${show(actual)}`];
}

function compareObjects(
  recorded: Record<string, unknown>,
  actual: Record<string, unknown>,
  place: Place,
): string[] {
  const missing = Object.keys(recorded).filter((key) => !(key in actual));
  const extra = Object.keys(actual).filter((key) => !(key in recorded));
  const differences = [
    ...missing.map((key) => `${place.path}.${key}: missing`),
    ...extra.map((key) => `${place.path}.${key}: not in the recording`),
  ];
  for (const [key, value] of Object.entries(recorded)) {
    if (!(key in actual)) continue;
    differences.push(...compare(value, actual[key], { path: `${place.path}.${key}`, key, ids: place.ids }));
  }
  return differences;
}

/** Order is not compared: each recorded element is paired with the one that fits it best. */
function compareArrays(recorded: readonly unknown[], actual: readonly unknown[], place: Place): string[] {
  const differences: string[] = [];
  if (recorded.length !== actual.length) {
    differences.push(`${place.path}: expected ${recorded.length} elements, got ${actual.length}`);
  }
  const rest = new Set(actual.keys());
  const known = (element: unknown): number => (isKnown(element, place.ids) ? 0 : 1);
  for (const element of recorded.toSorted((left, right) => known(left) - known(right))) {
    const paired = takeBest(element, { actual, rest }, place);
    if (paired !== null) differences.push(...paired);
  }
  return differences;
}

function takeBest(
  element: unknown,
  candidates: { actual: readonly unknown[]; rest: Set<number> },
  place: Place,
): string[] | null {
  const trials = candidates.actual.map((candidate, index) => {
    const ids = place.ids.copy();
    const differences = compare(element, candidate, { path: `${place.path}[]`, key: "", ids });
    return { index, differences, ids };
  });
  const ranked = trials.toSorted((left, right) => left.differences.length - right.differences.length);
  const best = ranked.find((trial) => candidates.rest.has(trial.index));
  if (best === undefined) return null;
  candidates.rest.delete(best.index);
  // Two that fit alike teach nothing: a later answer that names one of them will.
  const fitting = ranked.filter((trial) => trial.differences.length <= best.differences.length);
  if (fitting.length === 1) place.ids.adopt(best.ids);
  return best.differences;
}

/** Elements whose id is known are paired first, so a look-alike cannot take their place. */
function isKnown(element: unknown, ids: IdMap): boolean {
  if (!isJsonObject(element)) return false;
  const id = element["id"] ?? element["uuid"];
  return typeof id === "string" && ids.find(id) !== null;
}

function compareTexts(recorded: string, actual: string, place: Place): string[] {
  if (recorded === actual || recorded === "<redacted>") return [];
  if (POOL_ADDRESS.test(recorded) && POOL_ADDRESS.test(actual)) return [];
  learnIds(recorded, actual, place.ids);
  const expected = place.ids.translate(recorded);
  if (comparable(expected) === comparable(actual)) return [];
  return [`${place.path}: expected ${show(expected)}, got ${show(actual)}`];
}

/** Texts that differ in an id not met before teach it: an id field, a link, a name made of ids. */
function learnIds(recorded: string, actual: string, ids: IdMap): void {
  const recordedIds = listIds(recorded);
  const actualIds = listIds(actual);
  if (recordedIds.length !== actualIds.length) return;
  for (const [index, id] of recordedIds.entries()) {
    const other = actualIds[index];
    if (other === undefined || ids.find(id) !== null || isFiller(id) || ids.isTaken(other)) continue;
    ids.learn(id, other);
  }
}

/** The ids the recording asked for on purpose because nothing has them. */
function isFiller(id: string): boolean {
  return id.startsWith("0123456789abcdef") || id.startsWith("00000000-0000");
}

/** Without request ids, and without the Python schema Keystone appends to its validation messages. */
function comparable(text: string): string {
  return text.replaceAll(/req-[0-9a-f-]{36}/g, "req-").replace(/(Failed validating .* in schema)[^]*$/, "$1");
}

function kindOf(value: unknown): string {
  if (value === null || value === undefined) return "null";
  return Array.isArray(value) ? "array" : typeof value;
}

function show(value: unknown): string {
  return (JSON.stringify(value) ?? "nothing").slice(0, 200);
}
