/** A group of a grouped list: its value and how many rows it has. */
export interface Group {
  value: string;
  count: number;
}

export type Place = { kind: "group"; group: Group } | { kind: "row"; at: number };

/** How many lines a list has, with a line for the head of each group. */
export const countPlaces = (total: number, groups: readonly Group[] | null): number =>
  total + (groups?.length ?? 0);

/** Index of the line at which each group's head stands. */
export function groupStarts(groups: readonly Group[]): number[] {
  let next = 0;
  return groups.map(({ count }) => {
    const start = next;
    next += count + 1;
    return start;
  });
}

/** What stands at a line: the head of a group, or a row by its number in the whole list. */
export function placeAt(index: number, groups: readonly Group[] | null, starts: readonly number[]): Place {
  if (groups === null || groups.length === 0) return { kind: "row", at: index };
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((starts[middle] ?? 0) <= index) low = middle;
    else high = middle - 1;
  }
  const group = groups[low];
  if (group !== undefined && starts[low] === index) return { kind: "group", group };
  return { kind: "row", at: index - low - 1 };
}
