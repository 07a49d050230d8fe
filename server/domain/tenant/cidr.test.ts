import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Cidr, contains, overlaps, parseCidr, tenantCidrProblem } from "./cidr.ts";

function cidr(text: string): Cidr {
  const parsed = parseCidr(text);
  if ("problem" in parsed) throw new Error(parsed.problem);
  return parsed;
}

describe("parseCidr", () => {
  it.each<[string, number, number]>([
    ["0.0.0.0/0", 0, 2 ** 32 - 1],
    ["255.255.255.255/32", 2 ** 32 - 1, 2 ** 32 - 1],
    ["128.0.0.0/1", 2 ** 31, 2 ** 32 - 1],
    ["10.20.24.0/24", 0x0a141800, 0x0a1418ff],
    ["10.20.24.16/28", 0x0a141810, 0x0a14181f],
    ["0.0.0.0/32", 0, 0],
    ["1.0.0.0/9", 0x01000000, 0x017fffff],
  ])("%s", (text, first, last) => {
    expect(parseCidr(text)).toMatchObject({ text, first, last });
  });

  it.each([
    "",
    "10.20.24.0",
    "10.20.24.0/",
    "10.20.24.0/33",
    "10.20.24.0/99",
    "10.20.24.0/024",
    "10.20.24.0/-1",
    "10.0.0.0/08",
    "0.0.0.0/00",
    "256.0.0.0/8",
    "010.0.0.0/8",
    "10.0.0/8",
    "10.0.0.0.0/8",
    " 10.0.0.0/8",
    "10.0.0.0/8 ",
    "10.0.0.0/8\n",
    "0x0a.0.0.0/8",
    "\u0661\u0660.0.0.0/8",
    "fd00::/8",
    "10.20.24.0/255.255.255.0",
  ])("refuses %j", (text) => {
    expect(parseCidr(text)).toHaveProperty("problem");
  });

  it.each([
    ["10.20.24.1/24", "10.20.24.0/24"],
    ["10.20.24.8/28", "10.20.24.0/28"],
    ["255.255.255.255/1", "128.0.0.0/1"],
  ])("names the network of %s", (text, network) => {
    expect(parseCidr(text)).toHaveProperty("problem", expect.stringContaining(` is ${network}.`));
  });
});

/** Networks of 16 addresses in all, so that every address can be tried. */
const small = fc
  .tuple(fc.integer({ min: 28, max: 32 }), fc.nat(15))
  .map(([prefix, at]) => cidr(`10.0.0.${at - (at % 2 ** (32 - prefix))}/${prefix}`));

const addresses = ({ first, last }: Cidr) =>
  Array.from({ length: last - first + 1 }, (_unused, at) => first + at);

describe("overlaps and contains", () => {
  it("agree with trying every address", () => {
    fc.assert(
      fc.property(small, small, (a, b) => {
        const inB = new Set(addresses(b));
        expect(overlaps(a, b)).toBe(addresses(a).some((address) => inB.has(address)));
        expect(overlaps(b, a)).toBe(overlaps(a, b));
        const inA = new Set(addresses(a));
        expect(contains(a, b)).toBe(addresses(b).every((address) => inA.has(address)));
      }),
      { numRuns: 1000 },
    );
  });

  it.each([
    ["10.0.0.0/24", "10.0.1.0/24", false],
    ["10.0.0.0/24", "10.0.0.255/32", true],
    ["10.0.0.0/24", "9.255.255.255/32", false],
    ["0.0.0.0/0", "255.255.255.255/32", true],
  ])("%s and %s", (a, b, isShared) => {
    expect(overlaps(cidr(a), cidr(b))).toBe(isShared);
  });
});

describe("tenantCidrProblem", () => {
  const POOL = "10.20.0.0/14";
  const taken = [
    { cidr: "10.20.8.0/24", by: "beta" },
    { cidr: "not a network", by: "gamma" },
  ];

  it.each([
    "10.20.0.0/16",
    "10.20.24.0/24",
    "10.20.24.16/28",
    "10.23.255.240/28",
    "10.20.7.0/24",
    "10.20.9.0/24",
  ])("%s is fine while nothing is near", (text) => {
    expect(tenantCidrProblem(text, POOL, text === "10.20.0.0/16" ? [] : taken)).toBeNull();
  });

  it.each([
    ["a malformed one", "10.20.24.0", "is not a network"],
    ["too large", "10.20.0.0/15", "is a /15"],
    ["too small", "10.20.24.0/29", "is a /29"],
    ["below the pool", "10.19.255.0/24", "outside the tenant pool"],
    ["above the pool", "10.24.0.0/24", "outside the tenant pool"],
    ["the same as another", "10.20.8.0/24", "which beta uses"],
    ["inside another", "10.20.8.128/25", "which beta uses"],
    ["around another", "10.20.8.0/23", "which beta uses"],
  ])("%s", (_what, text, says) => {
    expect(tenantCidrProblem(text, POOL, taken)).toContain(says);
  });

  it("says when the pool itself is not usable", () => {
    expect(tenantCidrProblem("10.20.8.0/24", "10.20.0.1/16", [])).toContain("The tenant pool is not usable");
  });
});
