export const POLICY_TABS = ["matrix", "cases", "diff", "live", "set", "roles", "history"] as const;

/** Which cloud's policy an address shows, and which revision; null for the first and the newest. */
export interface PolicyParams {
  cloudId: string | null;
  number: number | null;
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** What it does not know it leaves out. */
export function readPolicyParams(
  params: Readonly<Record<string, string | string[] | undefined>>,
): PolicyParams {
  const { cloud, revision } = params;
  return {
    cloudId: typeof cloud === "string" && UUID.test(cloud) ? cloud : null,
    number: typeof revision === "string" && /^[1-9][0-9]{0,5}$/.test(revision) ? Number(revision) : null,
  };
}

export function policyHref({ cloudId, number }: PolicyParams): string {
  const query = new URLSearchParams({
    ...(cloudId === null ? {} : { cloud: cloudId }),
    ...(number === null ? {} : { revision: String(number) }),
  }).toString();
  return `/policy${query === "" ? "" : `?${query}`}`;
}
