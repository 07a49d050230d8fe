/** Names an intent for good: its place in one generation. A later generation that asks for the same asks anew. */
export const intentKey = (generation: number, at: number) => `${generation}:${at}`;
