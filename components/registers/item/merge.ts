/** Texts of an item by field; owner and date are fields like any other. Null is nothing. */
export type Texts = ReadonlyMap<string, string | null>;

export type FieldMerge = {
  key: string;
  base: string | null;
  theirs: string | null;
  mine: string | null;
  /** What is taken without a question; null where both changed it and somebody has to choose. */
  taken: "theirs" | "mine" | null;
};

/** The fields that I changed, beside what others made of them since. What I did not touch is theirs, without a word. */
export function mergeFields(base: Texts, theirs: Texts, mine: Texts): FieldMerge[] {
  return [...mine].flatMap(([key, text]): FieldMerge[] => {
    const [was, is] = [base.get(key) ?? null, theirs.get(key) ?? null];
    if (text === was || text === is) return [];
    return [{ key, base: was, theirs: is, mine: text, taken: is === was ? "mine" : null }];
  });
}
