import { generateKeyPairSync } from "node:crypto";
import { describe, expect, it } from "vitest";
import { Redactor } from "./redact.ts";
import { cutLine, makeVisible } from "./visible.ts";
import vectors from "./vectors/redaction-vectors.json" with { type: "json" };

const MASK = "[secret abcd]";

type Bytes = string | { base64: string };
const bytesOf = (value: Bytes) =>
  typeof value === "string" ? Buffer.from(value, "utf8") : Buffer.from(value.base64, "base64");

/** The reference writes `***` for a mask. */
const expectedOf = (reference: Bytes) =>
  Buffer.from(bytesOf(reference).toString("latin1").replaceAll("***", MASK), "latin1");

function redactorOf(secrets: readonly string[]) {
  const redactor = new Redactor();
  for (const secret of secrets) redactor.register(secret, "abcdef0123456789");
  return redactor;
}

function inPieces(redactor: Redactor, pieces: readonly Uint8Array[]): Buffer {
  const stream = redactor.stream();
  return Buffer.concat([...pieces.map((piece) => stream.push(piece)), stream.end()]);
}

/** Masked here although the reference implementation leaks them. */
const BETTER = new Map([
  ["ansi-inside", MASK],
  [
    "newline-wrapped-base64",
    null, // several masks; only the absence of the value is asked for
  ],
]);

describe.each(vectors.cases)("vector $id", (vector) => {
  const redactor = redactorOf(vector.secrets);
  const output = bytesOf(vector.output);
  const whole = inPieces(redactor, [output]);

  it("gives the reference's text", () => {
    if (vector.expect === "masked" || vector.expect === "unchanged") {
      expect(whole.toString("latin1")).toBe(expectedOf(vector.reference).toString("latin1"));
    } else if (BETTER.has(vector.id)) {
      expect(whole.toString("utf8")).toContain(BETTER.get(vector.id) ?? MASK);
      expect(whole.length).toBeLessThan(output.length);
    } else {
      expect(whole.equals(output)).toBe(true);
    }
  });

  it("gives the same text at every split point and byte by byte", () => {
    for (let at = 0; at <= output.length; at++) {
      expect(inPieces(redactor, [output.subarray(0, at), output.subarray(at)]).equals(whole)).toBe(true);
    }
    const single = Array.from(output, (byte) => Uint8Array.of(byte));
    expect(inPieces(redactor, single).equals(whole)).toBe(true);
  });
});

describe("registration", () => {
  it.each(["", "cat", "12345", "       ", "\n\n\n\n\n\n\n"])("refuses %j", (secret) => {
    const redactor = new Redactor();
    expect(redactor.register(secret, "0000")).toBe("refused");
    expect(redactor.text(`the ${secret} sat`)).toBe(`the ${secret} sat`);
  });

  it("takes six bytes", () => {
    expect(redactorOf(["abcdef"]).text("x abcdef y")).toBe(`x ${MASK} y`);
  });
});

describe("overlaps", () => {
  it("leaves no tail of a secret that starts inside another", () => {
    expect(redactorOf(["abcdef-12", "f-12-ghijk"]).text("abcdef-12-ghijk!")).toBe(`${MASK}!`);
  });

  it("is not undone by a mask inside a secret", () => {
    expect(redactorOf(["pass***word"]).text("is pass***word")).toBe(`is ${MASK}`);
  });
});

describe("a secret of several lines", () => {
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const pem = privateKey.export({ type: "pkcs8", format: "pem" }).toString();
  const redactor = redactorOf([pem]);
  const lines = pem.trim().split("\n").slice(1, -1);
  const base64 = Buffer.from(pem).toString("base64");

  it.each([
    ["as it is", pem],
    ["with CRLF", pem.replaceAll("\n", "\r\n")],
    ["in JSON", JSON.stringify({ key: pem })],
    ["in JSON with escaped slashes", JSON.stringify(pem).replaceAll("/", "\\/")],
    ["percent-encoded", encodeURIComponent(pem)],
    ["as a form", new URLSearchParams({ pem }).toString()],
  ])("is masked %s", (_how, text) => {
    const seen = redactor.text(text);
    for (const line of lines) {
      expect(seen).not.toContain(line.slice(0, 24));
      expect(seen).not.toContain(encodeURIComponent(line).slice(0, 24));
    }
  });

  it("is masked in base64, wrapped or not", () => {
    const wrapped = base64.replace(/.{76}/g, "$&\n");
    for (const text of [base64, wrapped, Buffer.from(`x${pem}`).toString("base64")]) {
      expect(redactor.text(text).replaceAll(MASK, "").length).toBeLessThan(text.length / 2);
    }
    expect(redactor.text(base64).replaceAll(MASK, "")).toBe("");
  });

  it("costs little to know and to look for", () => {
    const text = "GET /v3/users -> 200 (4 ms, req-00000000)\n".repeat(25_000);
    const startedAt = performance.now();
    redactorOf([pem]).text(text);
    // 1 MiB; a scan per literal would take minutes.
    expect(performance.now() - startedAt).toBeLessThan(2_000);
  });
});

it("masks keys and values of JSON and leaves other values", () => {
  const redactor = redactorOf(["hunter2hunter2"]);
  expect(redactor.json({ hunter2hunter2: ["a hunter2hunter2", 7, null, true] })).toEqual({
    [MASK]: [`a ${MASK}`, 7, null, true],
  });
});

it("searches text made to provoke backtracking in bounded time", () => {
  const redactor = redactorOf(["\\\\\\\\\\\\\\\\end", "%25%25%25%25"]);
  const started = performance.now();
  redactor.text(`${"\\".repeat(5_000)}${"%".repeat(5_000)}${"%25".repeat(5_000)}`);
  expect(performance.now() - started).toBeLessThan(10_000);
});

describe("visible text", () => {
  it.each([
    ["tab\there", "tab\there"],
    ["bell\x07", "bell\\x07"],
    ["\x1b[31mred\x1b[0m", "\x1b[31mred\x1b[0m"],
    ["\x1b[2Jgone", "\\x1b[2Jgone"],
    ["a\rb\x00", "a\\x0db\\x00"],
    ["abc\u202edef\u200b", "abc\\u202edef\\u200b"],
    ["\u009b31m", "\\x9b31m"],
    ["plain \u00e9", "plain \u00e9"],
  ])("%j", (line, seen) => expect(makeVisible(line)).toBe(seen));

  it("cuts at a character boundary and says how much is gone", () => {
    expect(cutLine("abc", 3)).toBe("abc");
    expect(cutLine("ab\u00e9d", 3)).toBe("ab [cut: 3 more bytes]");
  });
});
