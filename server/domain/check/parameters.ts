import * as z from "zod";

/**
 * Types of what a check is given in its environment. None has room for what a shell would take for its own, so that
 * text attested as reading stays so for every value: no blanks, quotes, or anything that begins like an option.
 */
const TYPES = {
  word: { pattern: /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, says: "letters, digits and . _ -, at most 64" },
  integer: { pattern: /^(?:0|-?[1-9][0-9]{0,14})$/, says: "a whole number" },
  uuid: {
    pattern: /^(?:[0-9a-f]{32}|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})$/,
    says: "an id, in small hex digits",
  },
  address: {
    pattern: /^[A-Za-z0-9](?:[A-Za-z0-9.:-]{0,251}[A-Za-z0-9])?$/,
    says: "a host name or an address",
  },
  base64: {
    pattern: /^(?=.{4,98304}$)(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/,
    says: "bytes in base64, at most 96 KiB of text",
  },
  cidr: { pattern: /^[0-9A-Fa-f][0-9A-Fa-f.:]{1,44}\/[0-9]{1,3}$/, says: "a network such as 10.20.0.0/24" },
} as const;

export const PARAMETER_TYPES = [
  "word",
  "integer",
  "uuid",
  "address",
  "base64",
  "cidr",
] as const satisfies readonly (keyof typeof TYPES)[];

export const PARAMETERS_MAX = 20;

export const parameterSchema = z.strictObject({
  name: z
    .string()
    .regex(/^(?:BLOCK|OS)_[A-Z0-9_]{1,60}$/, "A parameter is named BLOCK_ or OS_ and capitals."),
  type: z.enum(PARAMETER_TYPES),
});
export type ParameterDeclaration = z.output<typeof parameterSchema>;

export type ReadParameters =
  | { kind: "ok"; environment: { readonly [name: string]: string } }
  | { kind: "refused"; field: string; says: string };

/** The environment of a run: exactly the declared names, each with a value of its type. */
export function readParameters(
  declared: readonly ParameterDeclaration[],
  given: { readonly [name: string]: string },
): ReadParameters {
  const unknown = Object.keys(given).find((name) => !declared.some((one) => one.name === name));
  if (unknown !== undefined) {
    return {
      kind: "refused",
      field: unknown,
      says: `The check has no parameter ${JSON.stringify(unknown)}.`,
    };
  }
  for (const { name, type } of declared) {
    const value = Object.hasOwn(given, name) ? given[name] : undefined;
    const { pattern, says } = TYPES[type];
    if (value === undefined) return { kind: "refused", field: name, says: `${name} is needed: ${says}.` };
    if (!pattern.test(value)) return { kind: "refused", field: name, says: `${name} has to be ${says}.` };
  }
  return { kind: "ok", environment: { ...given } };
}
