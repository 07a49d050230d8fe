/**
 * A path from a template: every value becomes exactly one segment or query value, whatever it
 * holds, so that a name with "/" or "?" cannot point the call elsewhere.
 * Throws when a value is empty or a dot segment, which a URL parser would fold away.
 */
export function apiPath(template: TemplateStringsArray, ...values: readonly string[]): string {
  return template.reduce((path, text, i) => {
    const value = values[i - 1] ?? "";
    if (value === "" || value === "." || value === "..") {
      throw new TypeError(`A cloud path needs a value between "${path}" and "${text}".`);
    }
    return `${path}${encodeURIComponent(value)}${text}`;
  });
}
