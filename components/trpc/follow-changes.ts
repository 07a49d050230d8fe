import type { TRPCClient } from "@trpc/client";
import type { Change } from "#server/api/live/hub.ts";
import type { AppRouter } from "#server/api/root.ts";

/** `live` while changes arrive, `away` while the stream is broken: stale pages must look stale. */
export type LiveState = "live" | "away";

type Told = { changes: readonly Change[] } | { state: LiveState };

type Following = {
  client: TRPCClient<AppRouter>;
  onChanges: (changes: readonly Change[]) => void;
  onState: (state: LiveState) => void;
};

const CHANNEL = "countersign-live";
/** A page that is opened, or a stream that is opened again at once, is not worth a warning. */
const AWAY_AFTER_MS = 3_000;
/**
 * Waits after a stream that ended with an error, the last one again and again. The first are short: proving once more who
 * one is replaces the session, and the stream of the old one ends before the browser has the new cookie.
 */
const RETRY_MS = [100, 400, 1_000, 5_000] as const;

const MISSED: Change = { kind: "missed", id: null, tenantId: null, jobId: null, state: null, seq: null };

/**
 * Follows announced changes until the returned function is called. One tab of a browser holds the stream (Web Locks)
 * and tells the others (BroadcastChannel): HTTP/1.1 allows six connections per host, and a seventh tab would starve.
 */
export function followChanges({ client, onChanges, onState }: Following): () => void {
  const channel = new BroadcastChannel(CHANNEL);
  const leave = new AbortController();
  let retry: ReturnType<typeof setTimeout> | undefined;

  const take = (told: Told) => ("changes" in told ? onChanges(told.changes) : onState(told.state));
  const tell = (told: Told) => {
    // A stream may hand over one more message while it is being closed.
    if (leave.signal.aborted) return;
    channel.postMessage(told);
    take(told);
  };
  channel.onmessage = ({ data }: MessageEvent<Told>) => take(data);

  let ended = 0;
  const health = healthOf(tell);
  const whole = () => {
    ended = 0;
    health.whole();
  };
  const lead = () => {
    navigator.locks
      .request(CHANNEL, { signal: leave.signal }, () =>
        stream(client, leave.signal, { ...health, whole, onChanges: (changes) => tell({ changes }) }),
      )
      .then(
        () => {
          if (leave.signal.aborted) return;
          retry = setTimeout(lead, RETRY_MS[ended] ?? RETRY_MS.at(-1));
          ended += 1;
        },
        // Another tab leads, and this one was closed while it waited.
        () => undefined,
      );
  };
  lead();
  return () => {
    leave.abort();
    clearTimeout(retry);
    health.forget();
    channel.close();
  };
}

/** Tells that the stream is broken once it has been for a while, over all attempts, and what to do when it is whole. */
function healthOf(tell: (told: Told) => void) {
  let wasBroken = false;
  let away: ReturnType<typeof setTimeout> | undefined;
  const forget = () => {
    clearTimeout(away);
    away = undefined;
  };
  return {
    forget,
    broken: () => {
      wasBroken = true;
      away ??= setTimeout(() => tell({ state: "away" }), AWAY_AFTER_MS);
    },
    whole: () => {
      forget();
      tell({ state: "live" });
      // What was announced in between reached nobody.
      if (wasBroken) tell({ changes: [MISSED] });
      wasBroken = false;
    },
  };
}

type Heard = {
  broken: () => void;
  whole: () => void;
  onChanges: (changes: readonly Change[]) => void;
};

/** Streams until it is told to stop or the stream ends with an error; a lost connection is taken up again within. */
function stream(client: Following["client"], stop: AbortSignal, heard: Heard): Promise<void> {
  return new Promise((resolve) => {
    // The lock may be granted just after the page has left; then nobody would give it back.
    if (stop.aborted) return resolve();
    let isStreaming = false;
    // A machine that is off its network has a stream that looks whole until it has been silent for long.
    const backOnline = () => (isStreaming ? heard.whole() : undefined);
    window.addEventListener("offline", heard.broken);
    window.addEventListener("online", backOnline);
    const subscription = client.live.changes.subscribe(undefined, {
      // The first piece comes once the server has found that this person may read; an open connection says less.
      onData: (changes) => {
        if (!isStreaming) heard.whole();
        isStreaming = true;
        heard.onChanges(changes);
      },
      onConnectionStateChange: ({ state }) => {
        if (state === "pending") return;
        isStreaming = false;
        heard.broken();
      },
      onError: () => end(),
    });
    const end = () => {
      window.removeEventListener("offline", heard.broken);
      window.removeEventListener("online", backOnline);
      if (!stop.aborted) heard.broken();
      subscription.unsubscribe();
      resolve();
    };
    stop.addEventListener("abort", end, { once: true });
  });
}
