/** IPv4 networks as integers. Tenant networks are IPv4: the pool is. */
export interface Cidr {
  readonly text: string;
  /** First address, 0 .. 2^32 - 1. */
  readonly first: number;
  readonly last: number;
  readonly prefix: number;
}

export type CidrProblem = { problem: string };

/** Reads `a.b.c.d/n` strictly: decimal without leading zeros, host bits zero, prefix 0 to 32. */
export function parseCidr(text: string): Cidr | CidrProblem {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\/(0|[1-9]\d?)$/.exec(text);
  if (!match) return { problem: `"${text}" is not a network. Write it as 10.20.24.0/24.` };
  const parts = match.slice(1, 5);
  if (parts.some((part) => Number(part) > 255 || (part.length > 1 && part.startsWith("0")))) {
    return { problem: `"${text}" has a part outside 0 to 255.` };
  }
  const prefix = Number(match[5]);
  if (prefix > 32) return { problem: `"/${prefix}" is not a prefix length. Use /0 to /32.` };
  const first = parts.reduce((sum, part) => sum * 256 + Number(part), 0);
  const size = 2 ** (32 - prefix);
  if (first % size !== 0) {
    return {
      problem: `${text} has host bits set. The network with that prefix is ${dotted(first - (first % size))}/${prefix}.`,
    };
  }
  return { text, first, last: first + size - 1, prefix };
}

export function overlaps(a: Cidr, b: Cidr): boolean {
  return a.first <= b.last && b.first <= a.last;
}

export function contains(pool: Cidr, inner: Cidr): boolean {
  return pool.first <= inner.first && inner.last <= pool.last;
}

/** Smallest and largest tenant network: a /28 still holds a router, DHCP and a few nodes. */
const PREFIXES = { min: 16, max: 28 };

/** Everything wrong with a tenant network, or null: form, size, place in the pool, collision with `taken`. */
export function tenantCidrProblem(
  text: string,
  pool: string,
  taken: readonly { cidr: string; by: string }[],
): string | null {
  const cidr = parseCidr(text);
  if ("problem" in cidr) return cidr.problem;
  if (cidr.prefix < PREFIXES.min || cidr.prefix > PREFIXES.max) {
    return `${text} is a /${cidr.prefix}. A tenant network is /${PREFIXES.min} to /${PREFIXES.max}.`;
  }
  const poolCidr = parseCidr(pool);
  if ("problem" in poolCidr) return `The tenant pool is not usable: ${poolCidr.problem}`;
  if (!contains(poolCidr, cidr)) return `${text} is outside the tenant pool ${pool}.`;
  for (const other of taken) {
    const otherCidr = parseCidr(other.cidr);
    if (!("problem" in otherCidr) && overlaps(cidr, otherCidr)) {
      return `${text} overlaps ${other.cidr}, which ${other.by} uses. Choose a free network.`;
    }
  }
  return null;
}

function dotted(value: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join(".");
}
