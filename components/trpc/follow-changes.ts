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
/** After a stream that ended with an error, such as a sign-in that is over for the moment. */
const RETRY_MS = 5_000;

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

  const lead = () => {
    navigator.locks
      .request(CHANNEL, { signal: leave.signal }, () => stream(client, leave.signal, tell))
      .then(
        () => {
          if (!leave.signal.aborted) retry = setTimeout(lead, RETRY_MS);
        },
        // Another tab leads, and this one was closed while it waited.
        () => undefined,
      );
  };
  lead();
  return () => {
    leave.abort();
    clearTimeout(retry);
    channel.close();
  };
}

/** Streams until it is told to stop or the stream ends with an error; a lost connection is taken up again within. */
function stream(client: Following["client"], stop: AbortSignal, tell: (told: Told) => void): Promise<void> {
  return new Promise((resolve) => {
    // The lock may be granted just after the page has left; then nobody would give it back.
    if (stop.aborted) return resolve();
    let wasBroken = false;
    let isStreaming = false;
    let away: ReturnType<typeof setTimeout> | undefined;
    const broken = () => {
      wasBroken = true;
      away ??= setTimeout(() => tell({ state: "away" }), AWAY_AFTER_MS);
    };
    const whole = () => {
      clearTimeout(away);
      away = undefined;
      tell({ state: "live" });
      // What was announced in between reached nobody.
      if (wasBroken) tell({ changes: [MISSED] });
      wasBroken = false;
    };
    // A machine that is off its network has a stream that looks whole until it has been silent for long.
    const backOnline = () => (isStreaming ? whole() : undefined);
    window.addEventListener("offline", broken);
    window.addEventListener("online", backOnline);
    const subscription = client.live.changes.subscribe(undefined, {
      onData: (changes) => tell({ changes }),
      onConnectionStateChange: ({ state }) => {
        isStreaming = state === "pending";
        return isStreaming ? whole() : broken();
      },
      onError: () => end(),
    });
    const end = () => {
      window.removeEventListener("offline", broken);
      window.removeEventListener("online", backOnline);
      clearTimeout(away);
      if (!stop.aborted) tell({ state: "away" });
      subscription.unsubscribe();
      resolve();
    };
    stop.addEventListener("abort", end, { once: true });
  });
}
