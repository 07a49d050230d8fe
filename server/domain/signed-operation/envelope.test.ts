import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bytesOf, sampleOperation } from "#server/testing/signed-operations.ts";
import { canonicalJson } from "../canonical/json.ts";
import { lifetimeOf, operationEnvelopeSchema, parseOperation } from "./envelope.ts";
import { parseInstant } from "./instant.ts";
import { findUnsafe } from "./safe-json.ts";

const parseText = (text: string) => parseOperation(Buffer.from(text));
const SAMPLE = sampleOperation();
const TEXT = bytesOf(SAMPLE).toString();

describe("the bytes that are signed", () => {
  it("are canonical: sorted members, no blanks, no line end", () => {
    expect(TEXT).toBe(
      '{"expires_at":"2030-01-15T12:10:00Z","issued_at":"2030-01-15T12:00:00Z","key_id":"anything","nonce":"nonce-0123456789","op":"guest_destroy","params":{"purge":true},"target":{"guest_id":"tenant-1","host_id":"cloud-1"}}',
    );
    expect(parseText(TEXT)).toEqual(SAMPLE);
  });

  it.each([
    ["a line end", `${TEXT}\n`],
    ["a blank in front", ` ${TEXT}`],
    ["a BOM", `\ufeff${TEXT}`],
    ["a blank inside", TEXT.replace(",", ", ")],
    ["another order", TEXT.replace(/("expires_at":"[^"]+"),("issued_at":"[^"]+")/, "$2,$1")],
    ["a member twice", TEXT.replace('"op":', '"op":"start","op":')],
    ["an escape", TEXT.replace("guest_destroy", "guest\\u005fdestroy")],
    ["an escaped slash", TEXT.replace("anything", "any\\/thing")],
    ["another spelling of a number", TEXT.replace("true", "1.0")],
    ["an exponent", TEXT.replace("true", "1e0")],
    ["minus nought", TEXT.replace("true", "-0")],
    ["a number beyond 2^53", TEXT.replace("true", "9007199254740993")],
    ["a number beyond all", TEXT.replace("true", "1e400")],
    ["half a character", TEXT.replace("true", '"\\ud800"')],
    ["a member called __proto__", TEXT.replace('"purge"', '"__proto__"')],
    ["a member called __proto__ further in", TEXT.replace("true", '[{"__proto__":1}]')],
    ["a member too many", TEXT.replace('"op"', '"not_before":1,"op"')],
    ["a cut", TEXT.slice(0, -1)],
    ["text behind", `${TEXT}{}`],
    ["an array", "[]"],
    ["null", "null"],
    ["a text", '"guest_destroy"'],
    ["nothing", ""],
  ])("are nothing with %s", (_what, text) => {
    expect(parseText(text)).toBeNull();
  });

  it("are UTF-8", () => {
    const at = TEXT.indexOf("anything");
    const bytes = bytesOf(SAMPLE);
    bytes[at] = 0xff;
    expect(parseOperation(bytes)).toBeNull();
    expect(parseText(TEXT.replace("anything", "\u00fcber"))).toMatchObject({ key_id: "\u00fcber" });
  });

  it("are at most 64 KiB", () => {
    const fill = 65_536 - bytesOf(sampleOperation({ params: { a: "" } })).length;
    const whole = bytesOf(sampleOperation({ params: { a: "x".repeat(fill) } }));
    expect(whole.length).toBe(65_536);
    expect(parseOperation(whole)).not.toBeNull();
    expect(parseOperation(bytesOf(sampleOperation({ params: { a: "x".repeat(fill + 1) } })))).toBeNull();
  });

  it("end in a verdict however deep they are nested", () => {
    const deep = (depth: number) => TEXT.replace("true", `${"[".repeat(depth)}${"]".repeat(depth)}`);
    expect(parseText(deep(32))).not.toBeNull();
    expect(parseText(deep(33))).toBeNull();
    expect(parseText(deep(30_000))).toBeNull();
  });

  const json = fc.jsonValue({ maxDepth: 4 });
  it("come back as they were, for any parameters that can be signed", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), json), (params) => {
        const text = TEXT.replace('{"purge":true}', () => JSON.stringify(params));
        const parsed = parseText(text);
        // Whatever is taken is exactly what these bytes say.
        if (parsed !== null) expect(canonicalJson(parsed)).toBe(text);
      }),
    );
  });

  it("are nothing after any change of one character that JSON would forgive", () => {
    fc.assert(
      fc.property(fc.nat(TEXT.length), fc.constantFrom(" ", "\t", "\n", "\r", ","), (at, extra) => {
        const text = TEXT.slice(0, at) + extra + TEXT.slice(at);
        const parsed = parseText(text);
        if (parsed !== null) expect(canonicalJson(parsed)).toBe(text);
      }),
      { numRuns: 1000 },
    );
  });
});

describe("operationEnvelopeSchema", () => {
  const isTaken = (change: Record<string, unknown>) =>
    operationEnvelopeSchema.safeParse({ ...SAMPLE, ...change }).success;

  it.each<[string, Record<string, unknown>]>([
    ["no guest", { target: { host_id: "cloud-1", guest_id: "" } }],
    ["no key id", { key_id: "" }],
    ["no parameters", { params: {} }],
    ["a nonce of 16", { nonce: "abcdefghijklmno_" }],
    ["a nonce of 128", { nonce: "-".repeat(128) }],
    ["an op of 128", { op: "x".repeat(128) }],
    ["a day", { expires_at: "2030-01-16T12:00:00Z" }],
    ["a millisecond", { expires_at: "2030-01-15T12:00:00.001Z" }],
    ["another zone", { issued_at: "2030-01-15T13:00:00+01:00" }],
  ])("takes %s", (_what, change) => {
    expect(isTaken(change)).toBe(true);
  });

  it.each<[string, Record<string, unknown>]>([
    ["no op", { op: "" }],
    ["a long op", { op: "x".repeat(129) }],
    ["an op with a line end", { op: "guest_destroy\n" }],
    ["an op with NUL", { op: "guest_destroy\0" }],
    ["half a character in the op", { op: "\ud800" }],
    ["an op that is no text", { op: 1 }],
    ["no host", { target: { host_id: "", guest_id: "" } }],
    ["a long host", { target: { host_id: "x".repeat(257), guest_id: "" } }],
    ["a long guest", { target: { host_id: "x", guest_id: "x".repeat(257) } }],
    ["a guest that is no text", { target: { host_id: "x", guest_id: 9001 } }],
    ["a target without guest", { target: { host_id: "x" } }],
    ["a target with more", { target: { host_id: "x", guest_id: "", x: 1 } }],
    ["no target", { target: null }],
    ["parameters that are null", { params: null }],
    ["parameters that are a list", { params: [] }],
    ["parameters that are a text", { params: "x" }],
    ["no parameters at all", { params: undefined }],
    ["a function for a parameter", { params: { a: () => 1 } }],
    ["an undefined parameter", { params: { a: undefined } }],
    ["a short nonce", { nonce: "abcdefghijklmno" }],
    ["a long nonce", { nonce: "x".repeat(129) }],
    ["a nonce with a blank", { nonce: "abcdefghijklmno " }],
    ["a nonce with a line end", { nonce: "abcdefghijklmnop\n" }],
    ["a nonce with a dot", { nonce: "abcdefghijklmno." }],
    ["a long key id", { key_id: "x".repeat(257) }],
    ["a key id that is null", { key_id: null }],
    ["a time without zone", { issued_at: "2030-01-15T12:00:00" }],
    ["an end that is a number", { expires_at: 1_900_000_000 }],
    ["no life", { expires_at: "2030-01-15T12:00:00Z" }],
    ["an end before the beginning", { expires_at: "2030-01-15T11:59:59Z" }],
    ["more than a day", { expires_at: "2030-01-16T12:00:00.001Z" }],
  ])("refuses %s", (_what, change) => {
    expect(isTaken(change)).toBe(false);
  });
});

describe("lifetimeOf", () => {
  it("reads both ends, and no time from what is none", () => {
    const { issuedAt, expiresAt } = lifetimeOf({
      issued_at: "2030-01-15T13:00:00+01:00",
      expires_at: "soon",
    });
    expect(issuedAt.toISOString()).toBe("2030-01-15T12:00:00.000Z");
    expect(expiresAt.getTime()).toBeNaN();
    expect(lifetimeOf({ issued_at: "", expires_at: "2030-01-15T12:00:00Z" }).issuedAt.getTime()).toBeNaN();
  });
});

describe("parseInstant", () => {
  it.each([
    ["2030-01-15T12:00:00Z", "2030-01-15T12:00:00.000Z"],
    ["2030-01-15T12:00:00.5Z", "2030-01-15T12:00:00.500Z"],
    ["2030-01-15T12:00:00.05Z", "2030-01-15T12:00:00.050Z"],
    ["2030-01-15T12:00:00.123999999Z", "2030-01-15T12:00:00.123Z"],
    ["2030-01-15T13:30:00+01:30", "2030-01-15T12:00:00.000Z"],
    ["2030-01-15T00:30:00+01:00", "2030-01-14T23:30:00.000Z"],
    ["2030-01-15T23:30:00-01:00", "2030-01-16T00:30:00.000Z"],
    ["2030-01-15T12:00:00-00:00", "2030-01-15T12:00:00.000Z"],
    ["2030-01-15T23:59:59+23:59", "2030-01-15T00:00:59.000Z"],
    ["2028-02-29T00:00:00Z", "2028-02-29T00:00:00.000Z"],
    ["2030-12-31T23:59:59Z", "2030-12-31T23:59:59.000Z"],
    ["0099-01-01T00:00:00Z", "0099-01-01T00:00:00.000Z"],
  ])("reads %s", (text, time) => {
    expect(parseInstant(text)?.toISOString()).toBe(time);
  });

  it.each([
    "",
    "2030-01-15",
    "2030-01-15T12:00:00",
    "2030-01-15T12:00Z",
    "2030-01-15 12:00:00Z",
    "2030-01-15t12:00:00z",
    "2030-01-15T12:00:00.Z",
    "2030-01-15T12:00:00.1234567890Z",
    "2030-01-15T24:00:00Z",
    "2030-01-15T12:60:00Z",
    "2030-01-15T12:00:60Z",
    "2030-02-30T12:00:00Z",
    "2029-02-29T12:00:00Z",
    "2030-00-15T12:00:00Z",
    "2030-13-15T12:00:00Z",
    "2030-01-00T12:00:00Z",
    "2030-01-15T12:00:00+24:00",
    "2030-01-15T12:00:00+01:60",
    "2030-01-15T12:00:00+0100",
    "2030-01-15T12:00:00Z+01:00",
    "2030-01-15T12:00:00Z\n",
    " 2030-01-15T12:00:00Z",
    "+02030-01-15T12:00:00Z",
  ])("refuses %j", (text) => {
    expect(parseInstant(text)).toBeNull();
  });
});

describe("findUnsafe", () => {
  it.each<[unknown, string | null]>([
    [null, null],
    [true, null],
    ["text", null],
    [0.5, null],
    [2 ** 53 - 1, null],
    [{ a: [{ b: null }] }, null],
    [{ constructor: 1, toString: 2 }, null],
    [2 ** 53, "a number"],
    [-(2 ** 53), "a number"],
    [Number.NaN, "a number"],
    [Number.NEGATIVE_INFINITY, "a number"],
    [["\udc00"], "a text"],
    [{ "\udc00": 1 }, "a member's name"],
    [JSON.parse('{"a":{"__proto__":1}}'), "a member's name"],
    [undefined, "no JSON"],
    [{ a: Symbol("x") }, "no JSON"],
    [1n, "no JSON"],
  ])("%#", (value, expected) => {
    expect(findUnsafe(value)).toBe(expected);
  });

  it("stops at 32 levels", () => {
    const nested = (depth: number) => JSON.parse(`${"[".repeat(depth)}0${"]".repeat(depth)}`);
    expect(findUnsafe(nested(32))).toBeNull();
    expect(findUnsafe(nested(33))).toBe("nesting");
  });

  it("lets through exactly what can be written canonically", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const write = () => canonicalJson(JSON.parse(JSON.stringify(value)));
        if (findUnsafe(value) === null) expect(write).not.toThrow();
      }),
    );
  });
});
