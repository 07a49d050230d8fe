/**
 * The value a JSON pointer (RFC 6901) names, or undefined. Own members only; `-` and leading zeros name nothing.
 */
export function valueAtPointer(body: unknown, pointer: string): unknown {
  if (pointer === "") return body;
  return pointer
    .split("/")
    .slice(1)
    .map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"))
    .reduce<unknown>(memberOf, body);
}

function memberOf(value: unknown, key: string): unknown {
  if (Array.isArray(value)) return /^(0|[1-9]\d*)$/.test(key) ? value[Number(key)] : undefined;
  if (typeof value !== "object" || value === null) return undefined;
  return Object.entries(value).find(([name]) => name === key)?.[1];
}

/** Every captured output as text, or the name of the first that the answer does not hold. */
export function captureOutputs(
  body: unknown,
  captures: Readonly<Record<string, string>>,
): { kind: "captured"; values: Record<string, string> } | { kind: "missing"; output: string } {
  const values: Record<string, string> = {};
  for (const [output, pointer] of Object.entries(captures)) {
    const value = valueAtPointer(body, pointer);
    if (typeof value !== "string" && typeof value !== "number" && typeof value !== "boolean") {
      return { kind: "missing", output };
    }
    values[output] = String(value);
  }
  return { kind: "captured", values };
}
