import { describe, expect, it } from "vitest";
import {
  defaultPools,
  findAddress,
  findBlock,
  findFreeAddress,
  formatBlock,
  isOverlap,
} from "./addresses.ts";

describe("findBlock", () => {
  it.each([
    ["10.6.0.0/24", "10.6.0.0/24"],
    ["10.6.0.77/24", "10.6.0.0/24"],
    ["255.255.255.255/32", "255.255.255.255/32"],
    ["0.0.0.0/0", "0.0.0.0/0"],
  ])("reads %s as %s", (given, expected) => {
    const block = findBlock(given);
    expect(block === null ? null : formatBlock(block)).toBe(expected);
  });

  it.each(["bogus", "10.6.0.0", "10.6.0.0/33", "10.6.0/24", "10.6.0.256/24", "10.6.0.0/x", ""])(
    "refuses %s",
    (given) => expect(findBlock(given)).toBeNull(),
  );
});

describe("isOverlap", () => {
  it.each([
    ["10.6.0.0/24", "10.6.0.0/25", true],
    ["10.6.0.0/24", "10.6.0.255/32", true],
    ["10.6.0.0/24", "10.6.1.0/24", false],
  ])("%s and %s: %s", (left, right, expected) => {
    const [first, second] = [findBlock(left), findBlock(right)];
    expect(first !== null && second !== null && isOverlap(first, second)).toBe(expected);
  });
});

describe("defaultPools", () => {
  it.each([
    ["10.6.0.1", [{ start: "10.6.0.2", end: "10.6.0.254" }]],
    [
      "10.6.0.9",
      [
        { start: "10.6.0.1", end: "10.6.0.8" },
        { start: "10.6.0.10", end: "10.6.0.254" },
      ],
    ],
    ["10.6.0.254", [{ start: "10.6.0.1", end: "10.6.0.253" }]],
  ])("leaves the gateway %s out", (gateway, expected) => {
    const block = findBlock("10.6.0.0/24");
    expect(block === null ? null : defaultPools(block, findAddress(gateway))).toEqual(expected);
  });
});

describe("findFreeAddress", () => {
  const pools = [
    { start: "203.0.113.10", end: "203.0.113.11" },
    { start: "203.0.113.20", end: "203.0.113.20" },
  ];
  it.each([
    [[], "203.0.113.10"],
    [["203.0.113.10", "203.0.113.11"], "203.0.113.20"],
    [["203.0.113.10", "203.0.113.11", "203.0.113.20"], null],
  ])("with %j taken gives %s", (taken, expected) => {
    expect(findFreeAddress(pools, new Set(taken))).toBe(expected);
  });
});
