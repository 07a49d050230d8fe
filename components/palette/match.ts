/** True when every word of the query stands somewhere in the text, whatever the case. */
export function matchesQuery(text: string, query: string): boolean {
  const within = text.toLowerCase();
  return query
    .toLowerCase()
    .split(/\s+/)
    .every((word) => within.includes(word));
}
