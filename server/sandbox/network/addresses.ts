/** An IPv4 block as numbers; `first` and `last` are the network and broadcast addresses. */
export interface AddressBlock {
  first: number;
  last: number;
  prefix: number;
}

export interface AddressPool {
  start: string;
  end: string;
}

/** Null when the text is not an IPv4 address with a prefix length. Host bits are cleared. */
export function findBlock(cidr: string): AddressBlock | null {
  const [address, length] = cidr.split("/");
  const number = address === undefined ? null : findAddress(address);
  if (number === null || length === undefined || !/^\d{1,2}$/.test(length)) return null;
  const prefix = Number(length);
  if (prefix > 32) return null;
  const size = 2 ** (32 - prefix);
  const first = number - (number % size);
  return { first, last: first + size - 1, prefix };
}

export function findAddress(text: string): number | null {
  const parts = text.split(".");
  if (parts.length !== 4 || !parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) < 256)) return null;
  return parts.reduce((sum, part) => sum * 256 + Number(part), 0);
}

export function formatAddress(number: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(number / 2 ** shift) % 256).join(".");
}

export function formatBlock(block: AddressBlock): string {
  return `${formatAddress(block.first)}/${block.prefix}`;
}

export function isOverlap(left: AddressBlock, right: AddressBlock): boolean {
  return left.first <= right.last && right.first <= left.last;
}

/** The host addresses of a block without the gateway: what Neutron makes of a subnet without pools of its own. */
export function defaultPools(block: AddressBlock, gateway: number | null): AddressPool[] {
  const first = block.first + 1;
  const last = block.last - 1;
  if (gateway === null || gateway < first || gateway > last) return pool(first, last);
  return [...pool(first, gateway - 1), ...pool(gateway + 1, last)];
}

function pool(start: number, end: number): AddressPool[] {
  return start > end ? [] : [{ start: formatAddress(start), end: formatAddress(end) }];
}

/** The lowest address of the pools that is not taken; null when none is left. */
export function findFreeAddress(pools: readonly AddressPool[], taken: ReadonlySet<string>): string | null {
  for (const { start, end } of pools) {
    const last = findAddress(end) ?? -1;
    for (let number = findAddress(start) ?? 0; number <= last; number += 1) {
      const address = formatAddress(number);
      if (!taken.has(address)) return address;
    }
  }
  return null;
}
