/**
 * A path from a template: every value becomes exactly one segment or query value, whatever it
 * holds, so that a name with "?" or "&" cannot point the call elsewhere.
 * Throws when a value is empty, and when a segment is a dot segment, which a URL parser folds away,
 * or holds "/", which WSGI decodes from %2F before it routes (PEP 3333, PATH_INFO).
 */
export function apiPath(template: TemplateStringsArray, ...values: readonly string[]): string {
  return template.reduce((path, text, i) => {
    const value = values[i - 1] ?? "";
    const isSegment = !path.includes("?");
    if (value === "" || (isSegment && (value === "." || value === ".." || value.includes("/")))) {
      throw new TypeError(`A cloud path needs one plain value between "${path}" and "${text}".`);
    }
    return `${path}${encodeURIComponent(value)}${text}`;
  });
}
