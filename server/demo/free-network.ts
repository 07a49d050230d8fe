import { parseCidr } from "#server/domain/tenant/cidr.ts";

/** The `seed`-th /24 of the pool, counted around: runs beside each other rarely choose the same. */
export function freeNetwork(pool: string, seed: number): string {
  const cidr = parseCidr(pool);
  if ("problem" in cidr) throw new Error(cidr.problem);
  const count = Math.max(1, Math.floor((cidr.last - cidr.first + 1) / 256));
  const first = cidr.first + (seed % count) * 256;
  return `${[24, 16, 8, 0].map((shift) => Math.floor(first / 2 ** shift) % 256).join(".")}/24`;
}
