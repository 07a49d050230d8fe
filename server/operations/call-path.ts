import { isSymbolic } from "#server/domain/plan/refs.ts";
import { apiPath } from "#server/openstack/api-path.ts";

/** Like apiPath, but `{{step.output}}` stays as it is: it becomes an id just before the call is sent. */
export function callPath(template: TemplateStringsArray, ...values: readonly string[]): string {
  return template.reduce((path, text, i) => {
    const value = values[i - 1] ?? "";
    if (isSymbolic(value)) return `${path}${value}${text}`;
    const encoded = path.includes("?") ? apiPath`?${value}` : apiPath`/${value}`;
    return `${path}${encoded.slice(1)}${text}`;
  });
}

/** Whether an id is there already, so that the object it names can be read while planning. */
export function isKnown(id: string): boolean {
  return !isSymbolic(id);
}
