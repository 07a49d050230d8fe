/** A call that changes something; `singly` ones are never ticked together with others. */
export type Tickable = { callId: string; singly: boolean };

export type Ticks = ReadonlySet<string>;

export function toggleTick(ticks: Ticks, callId: string): Ticks {
  const next = new Set(ticks);
  if (!next.delete(callId)) next.add(callId);
  return next;
}

/** Ticks every call that may be ticked together with others; those that need a look of their own stay as they are. */
export function tickRest(tickable: readonly Tickable[], ticks: Ticks): Ticks {
  return new Set([...ticks, ...tickable.filter(({ singly }) => !singly).map(({ callId }) => callId)]);
}

export type TickCounts = {
  done: number;
  total: number;
  /** Not ticked, and may be ticked together. */
  restTogether: number;
  /** Not ticked, and each has to be ticked by itself. */
  restSingly: number;
};

export function countTicks(tickable: readonly Tickable[], ticks: Ticks): TickCounts {
  const rest = tickable.filter(({ callId }) => !ticks.has(callId));
  const restSingly = rest.filter(({ singly }) => singly).length;
  return {
    done: tickable.length - rest.length,
    total: tickable.length,
    restTogether: rest.length - restSingly,
    restSingly,
  };
}
