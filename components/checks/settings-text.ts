import type { Check } from "./check-data.ts";

type Settings = Check["settings"];
type Expectation = Settings["expectations"][number];
type Parameter = Settings["parameters"][number];

export type Read<T> = { kind: "ok"; values: T[] } | { kind: "refused"; says: string };

/** Expectations as lines: `exit 0`, `matches /pattern/`, `not /pattern/`, `json servers.0.status = "ACTIVE"`. */
export function writeExpectations(expectations: readonly Expectation[]): string {
  return expectations
    .map((one) => {
      switch (one.kind) {
        case "exit":
          return `exit ${one.code}`;
        case "matches":
          return `${one.isFound ? "matches" : "not"} /${one.pattern}/`;
        case "json":
          return `json ${one.path} = ${JSON.stringify(one.equals)}`;
      }
    })
    .join("\n");
}

export function readExpectations(text: string): Read<Expectation> {
  return readLines(text, (line) => {
    const exit = /^exit (\d{1,3})$/.exec(line);
    if (exit !== null) return { kind: "exit", code: Number(exit[1]) };
    const pattern = /^(matches|not) \/(.+)\/$/.exec(line);
    if (pattern !== null)
      return { kind: "matches", pattern: pattern[2] ?? "", isFound: pattern[1] === "matches" };
    const json = /^json (\S+) = (.+)$/.exec(line);
    const value = json === null ? undefined : scalarOf(json[2] ?? "");
    return value === undefined ? null : { kind: "json", path: json?.[1] ?? "", equals: value };
  });
}

/** Parameters as lines: `BLOCK_TENANT word`. */
export function writeParameters(parameters: readonly Parameter[]): string {
  return parameters.map(({ name, type }) => `${name} ${type}`).join("\n");
}

const TYPES = ["word", "integer", "uuid", "address", "cidr"] as const;

export function readParameters(text: string): Read<Parameter> {
  return readLines(text, (line) => {
    const [name = "", type, ...more] = line.split(/\s+/);
    const known = TYPES.find((one) => one === type);
    return known === undefined || more.length > 0 ? null : { name, type: known };
  });
}

function readLines<T>(text: string, read: (line: string) => T | null): Read<T> {
  const values: T[] = [];
  for (const line of text.split("\n").map((one) => one.trim())) {
    if (line === "") continue;
    const value = read(line);
    if (value === null) return { kind: "refused", says: `This line cannot be read: ${line}` };
    values.push(value);
  }
  return { kind: "ok", values };
}

function scalarOf(text: string): string | number | boolean | null | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (value === null || typeof value === "string" || typeof value === "number") return value;
    return typeof value === "boolean" ? value : undefined;
  } catch {
    return undefined;
  }
}
