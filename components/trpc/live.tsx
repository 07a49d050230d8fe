"use client";

import { useQueryClient } from "@tanstack/react-query";
import { createContext, type ReactNode, useContext, useEffect, useRef, useState } from "react";
import type { Change } from "#server/api/live/hub.ts";
import { useTRPC, useTRPCClient } from "./api.ts";
import { followChanges, type LiveState } from "./follow-changes.ts";

type Listener = (change: Change) => void;

const LiveContext = createContext<Set<Listener>>(new Set());
const LiveStateContext = createContext<LiveState>("live");

/** Bursts of one job become one re-read. */
const FLUSH_MS = 120;
/** The longest that a page's data may be on its way from the server's read to this browser. */
const RECENT_MS = 10_000;
const RECENT_MAX = 500;

/** Follows announced changes and re-reads what they touch. */
export function LiveChanges({ children }: { children: ReactNode }) {
  const [listeners] = useState(() => new Set<Listener>());
  const [state, setState] = useState<LiveState>("live");
  const client = useTRPCClient();
  const invalidate = useInvalidate();

  // Synchronises with the event stream, the other tabs and the lock that elects the one that streams.
  useEffect(() => {
    const onChanges = (changes: readonly Change[]) => {
      for (const change of changes) {
        for (const listener of listeners) listener(change);
        invalidate(change);
      }
    };
    return followChanges({ client, onChanges, onState: setState });
  }, [client, invalidate, listeners]);

  return (
    <LiveContext value={listeners}>
      <LiveStateContext value={state}>{children}</LiveStateContext>
    </LiveContext>
  );
}

/** Whether changes arrive at this moment. */
export function useLiveState(): LiveState {
  return useContext(LiveStateContext);
}

/** Calls `listener` for each announced change while mounted. */
export function useLiveChange(listener: Listener): void {
  const listeners = useContext(LiveContext);
  const latest = useRef(listener);
  // Synchronises the stable subscription with the newest closure.
  useEffect(() => {
    latest.current = listener;
  });
  // Synchronises with the stream's list of listeners.
  useEffect(() => {
    const call: Listener = (change) => latest.current(change);
    listeners.add(call);
    return () => void listeners.delete(call);
  }, [listeners]);
}

/** What an item holds back shows on stages and jobs as well. */
const itemReads = (trpc: ReturnType<typeof useTRPC>) => [
  trpc.items.pathFilter(),
  trpc.itemActs.pathFilter(),
  trpc.inbox.pathFilter(),
  trpc.tenants.stage.pathFilter(),
  trpc.jobs.get.pathFilter(),
];

const checkReads = (trpc: ReturnType<typeof useTRPC>) => [
  trpc.checks.get.pathFilter(),
  trpc.checks.list.pathFilter(),
];

/** Proposals are shown among what waits and beside what they would change. */
const proposalReads = (trpc: ReturnType<typeof useTRPC>) => [
  trpc.proposals.pathFilter(),
  trpc.inbox.pathFilter(),
  trpc.signers.pathFilter(),
  trpc.hosts.pathFilter(),
  trpc.runbooks.pathFilter(),
];

const ruleReads = (trpc: ReturnType<typeof useTRPC>) => [
  trpc.rules.pathFilter(),
  trpc.inbox.pathFilter(),
  trpc.jobs.pathFilter(),
  trpc.proposals.pathFilter(),
];

const jobReads = (trpc: ReturnType<typeof useTRPC>) => [
  trpc.jobs.list.pathFilter(),
  trpc.inbox.pathFilter(),
  trpc.runbooks.get.pathFilter(),
];

const tenantReads = (trpc: ReturnType<typeof useTRPC>) => [
  trpc.tenants.get.pathFilter(),
  trpc.tenants.stage.pathFilter(),
  trpc.tenants.board.pathFilter(),
];

/** Which reads a change of which table makes old. */
function readsOf(trpc: ReturnType<typeof useTRPC>, change: Change) {
  const jobId = change.jobId ?? (change.kind === "job" ? change.id : null);
  const ofJob = jobId === null ? [] : [trpc.jobs.get.queryFilter({ jobId })];
  const ofTenant = tenantReads(trpc);
  switch (change.kind) {
    case "missed":
      return [{}];
    case "job":
      return [...ofJob, ...ofTenant, ...jobReads(trpc)];
    case "plan":
      return change.id === null
        ? []
        : [...ofJob, trpc.jobs.plan.queryFilter({ planId: change.id }), trpc.tenants.stage.pathFilter()];
    case "approval":
    case "job_resolution":
      return [...ofJob, trpc.inbox.pathFilter()];
    case "runbook_draft":
      return [trpc.runbooks.pathFilter()];
    case "proposal":
      return proposalReads(trpc);
    case "signer":
      return [trpc.signers.pathFilter(), trpc.jobs.get.pathFilter()];
    case "approval_rule_set":
      return ruleReads(trpc);
    case "standing_approval":
      return [trpc.standing.pathFilter(), trpc.jobs.get.pathFilter(), trpc.proposals.pathFilter()];
    case "break_glass":
    case "break_glass_review":
      return [
        ...ofJob,
        trpc.inbox.pathFilter(),
        trpc.jobs.list.pathFilter(),
        trpc.tenants.board.pathFilter(),
      ];
    case "change_freeze":
      return [trpc.inbox.pathFilter(), trpc.jobs.get.pathFilter(), trpc.proposals.pathFilter()];
    case "operation":
    case "journal_entry":
    case "gate_result":
      return ofJob;
    case "evidence":
      return [...ofJob, trpc.policy.observed.pathFilter()];
    case "check_run":
    case "block_attestation":
    case "check_setting":
    case "check_result":
      return checkReads(trpc);
    case "certificate_request":
    case "ssh_certificate":
    case "ssh_authority":
    case "ssh_engine_trial":
      return [trpc.certificates.list.pathFilter(), trpc.certificates.backend.pathFilter()];
    case "host_version":
    case "host_key":
      return [trpc.hosts.pathFilter(), trpc.checks.get.pathFilter()];
    case "tenant":
    case "handover":
    case "finding":
      return [...ofTenant, trpc.inbox.pathFilter()];
    case "signed_head":
      return [trpc.audit.heads.pathFilter(), trpc.audit.entry.pathFilter()];
    case "item":
    case "item_link":
      return [...itemReads(trpc), ...checkReads(trpc)];
    case "cloud":
      return [trpc.inbox.pathFilter(), trpc.tenants.board.pathFilter()];
    default:
      return [];
  }
}

/** Makes reads old as changes are announced. */
function useInvalidate(): Listener {
  const queryClient = useQueryClient();
  const trpc = useTRPC();
  const [{ invalidate, invalidateRecent }] = useState(() => {
    const recent = new Map<string, { change: Change; at: number }>();
    let waiting = new Map<string, Change>();
    let timer: ReturnType<typeof setTimeout> | null = null;
    const flush = () => {
      timer = null;
      const changes = [...waiting.values()];
      waiting = new Map();
      // Several changes of one job are one reason to read it again: a second would only cancel the first.
      const filters = new Map(
        changes
          .flatMap((change) => readsOf(trpc, change))
          .map((filter) => [JSON.stringify("queryKey" in filter ? filter.queryKey : null), filter]),
      );
      for (const filter of filters.values()) void queryClient.invalidateQueries(filter);
    };
    const invalidate: Listener = (change) => {
      if (change.kind === "output_line" || change.kind === "check_line") return;
      const key = `${change.kind} ${change.id} ${change.jobId}`;
      waiting.set(key, change);
      // Taken out first, so that the map stays in the order of the announcements.
      recent.delete(key);
      recent.set(key, { change, at: Date.now() });
      for (const oldest of recent.keys()) {
        if (recent.size <= RECENT_MAX) break;
        recent.delete(oldest);
      }
      timer ??= setTimeout(flush, FLUSH_MS);
    };
    const invalidateRecent = () => {
      const since = Date.now() - RECENT_MS;
      for (const [key, { change, at }] of recent) {
        if (at < since) recent.delete(key);
        else waiting.set(key, change);
      }
      if (waiting.size > 0) timer ??= setTimeout(flush, FLUSH_MS);
    };
    return { invalidate, invalidateRecent };
  });

  // Synchronises with data that a navigation brings: the server may have read it before a change that was announced
  // when no query was there yet to be made old.
  useEffect(
    () =>
      queryClient.getQueryCache().subscribe((event) => {
        const isBrought =
          (event.type === "added" && event.query.state.data !== undefined) ||
          (event.type === "updated" && event.action.type === "setState");
        if (isBrought) invalidateRecent();
      }),
    [queryClient, invalidateRecent],
  );
  return invalidate;
}
