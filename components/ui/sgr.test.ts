import { describe, expect, it } from "vitest";
import { parseSgr, plainOf } from "./sgr.ts";

const E = "\u001b";

describe("parseSgr", () => {
  it.each([
    ["plain", [["plain", ""]]],
    ["", []],
    [
      `${E}[31mred${E}[0m after`,
      [
        ["red", "sgr-1"],
        [" after", ""],
      ],
    ],
    [
      `${E}[1;32mok${E}[22m still${E}[39m none`,
      [
        ["ok", "sgr-b sgr-2"],
        [" still", "sgr-2"],
        [" none", ""],
      ],
    ],
    [`${E}[91mbright${E}[m`, [["bright", "sgr-1"]]],
    [
      `${E}[38;5;196mno palette${E}[1mbold`,
      [
        ["no palette", ""],
        ["bold", "sgr-b"],
      ],
    ],
    [`${E}[38;2;1;31;4mrgb dropped`, [["rgb dropped", ""]]],
    [`${E}[38:2::1:2:3mcolon dropped`, [["colon dropped", ""]]],
    [`${E}[31ma${E}[31mb`, [["ab", "sgr-1"]]],
    ["tab\tkept", [["tab\tkept", ""]]],
  ])("reads %j", (line, expected) => {
    expect(parseSgr(line).map((s) => [s.text, s.className])).toEqual(expected);
  });

  it.each([
    ["cursor movement", `${E}[2Aup`, "^[[2Aup"],
    ["erase", `a${E}[2Kb`, "a^[[2Kb"],
    ["window title", `${E}]0;title\u0007x`, "^[]0;title^Gx"],
    ["hyperlink", `${E}]8;;https://evil.example${E}\\click`, "^[]8;;https://evil.example^[\\click"],
    ["carriage return", "real\rfake", "real^Mfake"],
    ["backspace and delete", "a\u0008b\u007fc", "a^Hb^?c"],
    ["8-bit CSI", "\u009b31m", "<U+009B>31m"],
    ["right-to-left override", "a\u202eb", "a<U+202E>b"],
    ["zero width", "a\u200bb", "a<U+200B>b"],
    ["clipboard", `${E}]52;c;aGk=\u0007x`, "^[]52;c;aGk=^Gx"],
    ["device control", `${E}P1$r0m${E}\\x`, "^[P1$r0m^[\\x"],
    ["application command", `${E}_G;x${E}\\y`, "^[_G;x^[\\y"],
    ["whole screen", `${E}[2J${E}[H`, "^[[2J^[[H"],
    ["success over failure", "FAILED\rOK    ", "FAILED^MOK    "],
    ["8-bit OSC", "\u009d0;t\u009c", "<U+009D>0;t<U+009C>"],
    ["unfinished SGR", `${E}[31`, "^[[31"],
  ])("shows %s instead of obeying it", (_, line, shown) => {
    expect(plainOf(line)).toBe(shown);
    expect(parseSgr(line).some((span) => span.escape)).toBe(true);
  });

  it("produces class names from a closed set only", () => {
    const line = Array.from({ length: 120 }, (_, code) => `${E}[${code}mx`).join("");
    for (const { className } of parseSgr(line)) expect(className).toMatch(/^(sgr-[bdius1-7]( |$))*$/);
  });

  it("reads a million changes of colour in one line in time", () => {
    const started = performance.now();
    expect(plainOf(`${`${E}[31m`.repeat(1_000_000)}x`)).toBe("x");
    expect(performance.now() - started).toBeLessThan(10_000);
  });
});
