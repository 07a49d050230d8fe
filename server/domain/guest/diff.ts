import type { DesiredGuest, DesiredHost, DesiredIntent } from "./desired.ts";
import { canonicalJson } from "../canonical/json.ts";
import { type GuestSettings, isSame, SETTINGS, type Setting } from "./normalise.ts";

/** One thing that a generation wants otherwise than the one before it; null: not wanted in any way. */
export interface DesiredChange {
  /** Null: the whole host. */
  vmid: number | null;
  field: "guest" | "kind" | "run_state" | Setting | "intent" | "interval_seconds";
  before: string | null;
  after: string | null;
}

/** Changes of one generation that are told. */
const CHANGES_MAX = 200;

/**
 * What a generation of a desired state wants otherwise than the one before, after both were brought into normal form:
 * the same said in another way is no change. At most 200; `more` counts the rest.
 */
export function diffDesired(
  before: DesiredHost | null,
  after: DesiredHost,
): { changes: DesiredChange[]; more: number } {
  const [first, next] = [guestsOf(before), guestsOf(after)];
  const numbers = [...new Set([...first.keys(), ...next.keys()])].sort((one, other) => one - other);
  const interval = before?.interval_seconds ?? null;
  const changes: DesiredChange[] = [
    ...(interval === after.interval_seconds
      ? []
      : [
          {
            vmid: null,
            field: "interval_seconds" as const,
            before: interval === null ? null : String(interval),
            after: String(after.interval_seconds),
          },
        ]),
    ...numbers.flatMap((vmid) => diffGuest(vmid, first.get(vmid) ?? null, next.get(vmid) ?? null)),
    ...diffIntents(before?.intents ?? [], after.intents),
  ];
  return { changes: changes.slice(0, CHANGES_MAX), more: Math.max(0, changes.length - CHANGES_MAX) };
}

const guestsOf = (host: DesiredHost | null) => new Map(host?.guests.map((guest) => [guest.vmid, guest]));

function diffGuest(vmid: number, before: DesiredGuest | null, after: DesiredGuest | null): DesiredChange[] {
  if (after === null) return [{ vmid, field: "guest", before: "wanted", after: null }];
  const appears: DesiredChange[] =
    before === null ? [{ vmid, field: "guest", before: null, after: "wanted" }] : [];
  const plain = (["kind", "run_state"] as const).flatMap((field): DesiredChange[] => {
    const [one, other] = [before?.[field] ?? null, after[field]];
    return one === other ? [] : [{ vmid, field, before: one, after: other }];
  });
  const settings = SETTINGS.flatMap((field): DesiredChange[] => {
    const [one, other] = [before?.settings[field], after.settings[field]];
    const isAsBefore = one === undefined ? other === undefined : other !== undefined && isSame(one, other);
    return isAsBefore ? [] : [{ vmid, field, before: inWords(one), after: inWords(other) }];
  });
  return [...appears, ...plain, ...settings];
}

function inWords(value: GuestSettings[Setting] | undefined): string | null {
  if (value === undefined) return null;
  return typeof value === "object" ? value.join(", ") : String(value);
}

/** Each generation asks anew for what stands in it, so what both ask for is no change. */
function diffIntents(before: readonly DesiredIntent[], after: readonly DesiredIntent[]): DesiredChange[] {
  const textOf = ({ op, params }: DesiredIntent) =>
    Object.keys(params).length === 0 ? op : `${op} ${canonicalJson(params)}`;
  const keyOf = (intent: DesiredIntent) => `${intent.vmid ?? ""} ${textOf(intent)}`;
  const known = before.map(keyOf);
  const left = [...known];
  const added = after.flatMap((intent): DesiredChange[] => {
    const at = left.indexOf(keyOf(intent));
    if (at >= 0) left.splice(at, 1);
    return at >= 0 ? [] : [{ vmid: intent.vmid, field: "intent", before: null, after: textOf(intent) }];
  });
  const removed = before.flatMap((intent): DesiredChange[] => {
    const at = left.indexOf(keyOf(intent));
    if (at >= 0) left.splice(at, 1);
    return at >= 0 ? [{ vmid: intent.vmid, field: "intent", before: textOf(intent), after: null }] : [];
  });
  return [...removed, ...added];
}
