/** What kind of change an operation is, by whether it can lose data, not by its verb. */
export type Disposition = "benign" | "destructive";

interface OperationClass {
  disposition: Disposition;
  /** Whether the console may undo its own work of this class without a signature. */
  yieldsToOwnWork: boolean;
}

const BENIGN: OperationClass = { disposition: "benign", yieldsToOwnWork: false };
const DATA_BEARING: OperationClass = { disposition: "destructive", yieldsToOwnWork: true };
const ROLE_SCOPED: OperationClass = { disposition: "destructive", yieldsToOwnWork: false };

/** The class whose operations put a signer's key in place. Recovery keys sign this one and no other. */
export const KEY_ROTATION = "key_rotation";

/** Names are compared exactly; what is not listed is destructive and stays so. */
const CLASSES: ReadonlyMap<string, OperationClass> = new Map([
  ["start", BENIGN],
  ["stop", BENIGN],
  ["set_config", BENIGN],
  ["create", BENIGN],
  ["restart", BENIGN],
  ["guest_destroy", DATA_BEARING],
  ["storage_wipe", DATA_BEARING],
  ["restore_overwrite", DATA_BEARING],
  ["decommission", DATA_BEARING],
  [KEY_ROTATION, ROLE_SCOPED],
]);

/** What the console's own journal says of one object. */
export interface JournaledObject {
  /** The immutable id that the cloud gave it; never its name. */
  objectId: string;
  /** Who wrote the entry; only what the executor wrote itself counts. */
  writtenBy: "executor" | "other";
  /** The job whose call it was. */
  jobId: string;
  /** `scratch`: made by the console for its own use, to be thrown away. */
  event: "created" | "scratch" | "removed";
}

export interface ClassifiedOperation {
  operationClass: string;
  /** The job that would carry the operation out. */
  jobId: string;
  /** Immutable id of what it would be done to; empty: the whole host. */
  objectId: string;
  journal: readonly JournaledObject[];
}

/**
 * Whether an operation needs a signature. A destructive class becomes benign only by provenance: the executor's own
 * journal says that this same job made exactly this object, or that the console made it as scratch. Parameters, labels
 * and whatever else arrived from outside are no provenance, and an id that was used twice proves nothing.
 */
export function classifyOperation(operation: ClassifiedOperation): {
  disposition: Disposition;
  says: string;
} {
  const known = CLASSES.get(operation.operationClass);
  if (known === undefined) {
    return {
      disposition: "destructive",
      says: "Nobody has classified this kind of change, so it counts as destructive.",
    };
  }
  if (known.disposition === "benign") {
    return { disposition: "benign", says: "A change of this kind loses no data." };
  }
  if (known.yieldsToOwnWork && isOwnWork(operation)) {
    return { disposition: "benign", says: "The console made this object itself, as its journal shows." };
  }
  return { disposition: "destructive", says: "A change of this kind can lose data that nobody brings back." };
}

function isOwnWork({ jobId, objectId, journal }: ClassifiedOperation): boolean {
  if (objectId === "") return false;
  const about = journal.filter((entry) => entry.objectId === objectId);
  const [made] = about;
  if (made === undefined || about.length > 1 || made.writtenBy !== "executor") return false;
  return made.event === "scratch" || (made.event === "created" && made.jobId === jobId);
}
