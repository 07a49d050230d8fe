/**
 * What is proven about a stage. Computed from recorded runs, never stored, never typed.
 */
export const MARKERS = ["validated", "corrected_pending", "procedure_pending"] as const;
export type MarkerKind = (typeof MARKERS)[number];

export interface GreenRun {
  stageKey: string;
  stageHash: string;
  jobId: string;
  finishedAt: Date;
  cloudId: string;
  requestedBy: string;
  approvedBy: string | null;
}

export interface Marker {
  kind: MarkerKind;
  /** The run that proves it, for `validated`. */
  run: GreenRun | null;
}

/**
 * validated: the newest green run of exactly this content on this cloud, while every earlier stage is validated in its
 * present content too. corrected_pending: proven once with other bytes, or an earlier stage was edited or added since.
 * procedure_pending: never run green here.
 */
export function computeMarkers(
  stages: readonly { key: string; hash: string }[],
  runs: readonly GreenRun[],
  cloudId: string,
): ReadonlyMap<string, Marker> {
  const markers = new Map<string, Marker>();
  let isDemoted = false;
  for (const stage of stages) {
    const here = runs.filter((run) => run.stageKey === stage.key && run.cloudId === cloudId);
    const exact = here
      .filter((run) => run.stageHash === stage.hash)
      .sort((a, b) => b.finishedAt.getTime() - a.finishedAt.getTime())[0];
    if (exact && !isDemoted) markers.set(stage.key, { kind: "validated", run: exact });
    else {
      markers.set(stage.key, {
        kind: here.length > 0 ? "corrected_pending" : "procedure_pending",
        run: null,
      });
      isDemoted = true;
    }
  }
  return markers;
}
