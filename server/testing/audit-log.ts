import { auditHash, EMPTY_HEAD } from "#server/domain/audit/chain.ts";
import { headerLine } from "#server/domain/audit/export.ts";
import { type SignedHead, signHead } from "#server/domain/audit/head.ts";
import { installationKey } from "#server/domain/audit/installation-key.ts";
import { growFrontier, rootOf } from "#server/domain/audit/merkle.ts";
import { canonicalJson, type Json } from "#server/domain/canonical/json.ts";

/** Audit logs made up for tests, signed with a key that nobody else has. */
export const KEY = installationKey(new Uint8Array(32).fill(7));
export const STRANGER = installationKey(new Uint8Array(32).fill(8));
export const AT = new Date("2026-03-01T10:00:00.000Z");

/** An event of the audit as it is hashed. */
export interface Event {
  [key: string]: Json;
  seq: number;
  previousHash: string;
}

export interface AuditLog {
  events: Event[];
  hashes: string[];
}

function grow(log: AuditLog, over: Partial<Event> = {}): void {
  const seq = log.events.length + 1;
  const event: Event = {
    seq,
    at: new Date(AT.getTime() + seq * 1000).toISOString(),
    actor: { kind: "person", id: `p${seq % 3}`, name: 'Olga\n\u2028{"}' },
    action: "job.approve",
    outcome: "done",
    objectKind: "job",
    objectId: `job-${seq}`,
    details: { number: seq, list: [1, "a", null] },
    previousHash: log.hashes.at(-1) ?? EMPTY_HEAD,
    ...over,
  };
  log.events.push(event);
  log.hashes.push(auditHash(event));
}

/** A chained log of so many entries; `over` changes members of one. */
export function logOf(count: number, over: (seq: number) => Partial<Event> = () => ({})): AuditLog {
  const log: AuditLog = { events: [], hashes: [] };
  while (log.events.length < count) grow(log, over(log.events.length + 1));
  return log;
}

function rootAt(log: AuditLog, size: number): string {
  let frontier: string[] = [];
  for (const [index, hash] of log.hashes.slice(0, size).entries()) {
    ({ frontier } = growFrontier(frontier, index, hash));
  }
  return rootOf(frontier);
}

/** The signed head over the first `size` entries. */
export const headAt = (log: AuditLog, size: number, key = KEY): SignedHead =>
  signHead(key, { size, root: rootAt(log, size), at: AT });

export const lineOf = (event: { [key: string]: Json }, more: { [key: string]: Json } = {}) =>
  canonicalJson({ event, hash: auditHash(event), ...more });

/** The log as an export has it, header first, without line ends. */
export function linesOf(log: AuditLog, heads = [headAt(log, log.events.length)], key = KEY): string[] {
  const header = { kind: "log", publicKey: key.publicKey, count: log.events.length, heads } as const;
  return [headerLine(header), ...log.events.map((event) => lineOf(event))];
}

/** Line of an entry with members changed and a fitting hash. */
export const rehashedEntry = (log: AuditLog, seq: number, over: { [key: string]: Json }) =>
  lineOf({ ...log.events[seq - 1], ...over });
