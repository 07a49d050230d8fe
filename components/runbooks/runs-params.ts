/** Which runs an address shows: of one stage, and where the page begins. What it does not know it leaves out. */
export function readRunsParams(params: Readonly<Record<string, string | string[] | undefined>>): {
  stageKey: string | null;
  before: number | null;
} {
  const { stage, before } = params;
  const number = typeof before === "string" && /^[1-9][0-9]{0,8}$/.test(before) ? Number(before) : null;
  return { stageKey: typeof stage === "string" && /^.{1,20}$/.test(stage) ? stage : null, before: number };
}

/** The address of a page of the run log. */
export function runsHref(
  slug: string,
  { stageKey, before }: { stageKey: string | null; before: number | null },
): string {
  const query = new URLSearchParams({
    ...(stageKey === null ? {} : { stage: stageKey }),
    ...(before === null ? {} : { before: String(before) }),
  }).toString();
  return `/runbooks/${slug}/runs${query === "" ? "" : `?${query}`}`;
}
