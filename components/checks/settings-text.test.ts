import { describe, expect, it } from "vitest";
import { readExpectations, readParameters, writeExpectations, writeParameters } from "./settings-text.ts";

describe("expectations as lines", () => {
  it("come back as they were written", () => {
    const text =
      'exit 0\nmatches /^two\\/three$/\nnot /ERROR/\njson a.0.b = "x"\njson n = null\njson t = true\njson c = 3';
    const read = readExpectations(text);
    if (read.kind === "refused") throw new Error(read.says);
    expect(writeExpectations(read.values)).toBe(text);
  });

  it.each([
    "exit",
    "exit -1",
    "exit 0 1",
    "matches two",
    "matches //",
    "json a",
    "json a = {}",
    "json a = x",
    "hope",
  ])("refuses %s", (line) => {
    expect(readExpectations(`exit 0\n${line}`)).toEqual({
      kind: "refused",
      says: `This line cannot be read: ${line}`,
    });
  });
});

describe("parameters as lines", () => {
  it("come back as they were written", () => {
    const read = readParameters("BLOCK_TENANT word\n\n OS_CLOUD  word ");
    if (read.kind === "refused") throw new Error(read.says);
    expect(writeParameters(read.values)).toBe("BLOCK_TENANT word\nOS_CLOUD word");
  });

  it.each(["BLOCK_A", "BLOCK_A text", "BLOCK_A word word"])("refuses %s", (line) => {
    expect(readParameters(line).kind).toBe("refused");
  });
});
