import type * as z from "zod";

/** A document that is not what it has to be; one sentence for each field, which it names. */
export class GuestDocumentError extends Error {
  override readonly name = "GuestDocumentError";
  readonly problems: readonly { field: string; says: string }[];

  constructor(problems: readonly { field: string; says: string }[]) {
    super(problems.map(({ field, says }) => `${field}: ${says}.`).join("\n"));
    this.problems = problems;
  }
}

/** Sentences that are told of one document. */
const PROBLEMS_MAX = 20;

/** The document, checked. Throws GuestDocumentError. */
export function readDocument<S extends z.ZodType>(schema: S, document: unknown): z.output<S> {
  const read = schema.safeParse(document);
  if (read.success) return read.data;
  const problems = read.error.issues.flatMap((issue) => problemsOf(issue, document));
  throw new GuestDocumentError(problems.slice(0, PROBLEMS_MAX));
}

function problemsOf(issue: z.core.$ZodIssue, document: unknown): { field: string; says: string }[] {
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => ({
      field: fieldOf([...issue.path, key]),
      says: "is no field of this document",
    }));
  }
  // Of a choice of forms, the form that came nearest says it best.
  if (issue.code === "invalid_union") {
    const nearest = issue.errors.find(([first]) => first !== undefined && !SHAPES.has(first.code));
    const [inner] = nearest ?? [];
    if (inner) return [{ field: fieldOf([...issue.path, ...inner.path]), says: inner.message }];
  }
  const isMissing = issue.code === "invalid_type" && valueIn(document, issue.path) === undefined;
  return [{ field: fieldOf(issue.path), says: isMissing ? "is missing" : plain(issue.message) }];
}

/** Codes that say only that another form was not meant. */
const SHAPES: ReadonlySet<string | undefined> = new Set(["invalid_type", "invalid_value"]);

const valueIn = (document: unknown, path: readonly PropertyKey[]) =>
  path.reduce<unknown>(
    (value, part) => (typeof value === "object" && value !== null ? Reflect.get(value, part) : undefined),
    document,
  );

/** What zod says by itself begins with "Invalid input:". */
const plain = (message: string) => message.replace(/^Invalid input: expected (\w+).*$/, "has to be: $1");

/** `guests[3].cores`; the document itself is `document`. */
function fieldOf(path: readonly PropertyKey[]): string {
  const text = path.map((part) => (typeof part === "number" ? `[${part}]` : `.${String(part)}`)).join("");
  return text === "" ? "document" : text.replace(/^\./, "");
}
