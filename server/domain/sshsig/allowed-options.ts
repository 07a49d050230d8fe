import { parseAbsoluteTime } from "./absolute-time.ts";
import { demand, SignatureFault } from "./fault.ts";
import type { ValidityWindow } from "./window.ts";

export interface AllowedOptions extends ValidityWindow {
  /** Patterns of the purposes the key may sign for; null: any. */
  namespaces: string | null;
}

/** One option: a name, and perhaps a quoted value in which `\"` is a quote. */
const OPTION = /([A-Za-z-]+)(?:=("(?:[^"\\]|\\.)*")?)?(,|$)/y;

/** The options field of a line; unknown, repeated and valueless ones make the line bad. Throws a fault. */
export function readOptions(field: string): AllowedOptions {
  const values = new Map<string, string>();
  OPTION.lastIndex = 0;
  for (let goesOn = field !== ""; goesOn;) {
    const match = OPTION.exec(field);
    demand(match !== null, "ALLOWLIST_LINE", "an option cannot be read");
    const [, name = "", quoted, separator] = match;
    const option = name.toLowerCase();
    demand(option !== "cert-authority", "ALLOWLIST_LINE", "certificates are not supported");
    demand(NAMES.has(option), "ALLOWLIST_LINE", "an option is not known");
    demand(quoted !== undefined, "ALLOWLIST_LINE", `${option} needs a quoted value`);
    demand(!values.has(option), "ALLOWLIST_LINE", `${option} stands twice`);
    values.set(option, quoted.slice(1, -1).replaceAll('\\"', '"'));
    goesOn = separator === ",";
  }
  const validAfter = timeOf(values.get("valid-after"));
  const validBefore = timeOf(values.get("valid-before"));
  const isEmpty = validAfter !== null && validBefore !== null && validBefore <= validAfter;
  demand(!isEmpty, "ALLOWLIST_LINE", "valid-before is not after valid-after");
  return { namespaces: values.get("namespaces") ?? null, validAfter, validBefore };
}

const NAMES = new Set(["namespaces", "valid-after", "valid-before"]);

function timeOf(text: string | undefined): Date | null {
  if (text === undefined) return null;
  const time = parseAbsoluteTime(text);
  if (time === null)
    throw new SignatureFault("ALLOWLIST_TIME", "a time is not a real date in UTC, such as 20300101Z");
  return time;
}
