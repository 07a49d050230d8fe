import { describe, expect, it } from "vitest";
import { Redactor } from "./redact.ts";

const MASK = "[secret abcd]";

function known(secret: string): Redactor {
  const redactor = new Redactor();
  expect(redactor.register(secret, "abcdef0123456789")).toBe("registered");
  return redactor;
}

/** Every character that some tool writes in a way of its own, between letters, and one beyond the basic plane. */
const SECRET = `kQ7 &<>"'\\/\t\n+~?>$|(%=#\u00e9\u20ac\u{1f511}zZ9_-`.replace("\n", "\r");

const chars = (text: string, spell: (char: string) => string) => Array.from(text, spell).join("");
const units = (char: string) =>
  char.split("").map((unit) => unit.charCodeAt(0).toString(16).padStart(4, "0"));
const bytes = (char: string) =>
  [...Buffer.from(char, "utf8")].map((byte) => byte.toString(16).padStart(2, "0"));
const percentAll = (text: string) =>
  chars(text, (char) =>
    bytes(char)
      .map((byte) => `%${byte}`)
      .join(""),
  );
const alternating = (text: string) =>
  Array.from(text, (char, at) => (at % 2 === 0 ? char.toUpperCase() : char.toLowerCase())).join("");
const unicode = (text: string, before = "\\") =>
  chars(text, (char) =>
    units(char)
      .map((hex) => `${before}u${hex}`)
      .join(""),
  );
const numeric = (text: string, spell: (code: number) => string) =>
  chars(text, (char) => spell(char.codePointAt(0) ?? 0));
const inner = (text: string) => JSON.stringify(text).slice(1, -1);
const isPlain = (char: string) => /^[A-Za-z0-9_-]$/.test(char);
const NAMES: Record<string, string> = { "&": "amp", "<": "lt", ">": "gt", '"': "quot", "'": "apos" };
const named = (text: string) =>
  chars(text, (char) => (NAMES[char] === undefined ? char : `&${NAMES[char]};`));
const hex = Buffer.from(SECRET, "utf8").toString("hex");

/** One way to write the secret a line. */
const SPELLINGS: readonly [string, string][] = [
  ["as it is", SECRET],
  ["percent-encoded", encodeURIComponent(SECRET)],
  [
    "percent-encoded in small letters",
    encodeURIComponent(SECRET).replace(/%../g, (escape) => escape.toLowerCase()),
  ],
  ["percent-encoded, every character", percentAll(SECRET)],
  ["percent-encoded, every character, in capitals", percentAll(SECRET).toUpperCase()],
  ["percent-encoded in mixed letters", alternating(percentAll(SECRET))],
  ["as a form", encodeURIComponent(SECRET).replaceAll("%20", "+")],
  ["as JSON", inner(SECRET)],
  ["as JSON with its slashes escaped", inner(SECRET).replaceAll("/", "\\/")],
  ["as JSON in JSON", inner(inner(SECRET))],
  ["as JSON in JSON in JSON", inner(inner(inner(SECRET.replaceAll("\\", ""))))],
  ["in code points", unicode(SECRET.replace(/[A-Za-z0-9_-]/g, ""))],
  [
    "in code points of capitals",
    unicode(SECRET.replace(/[A-Za-z0-9_-]/g, "")).replaceAll(/[a-f]/g, (c) => c.toUpperCase()),
  ],
  ["in code points in JSON", unicode(SECRET.replace(/[A-Za-z0-9_-]/g, ""), "\\\\")],
  ["in code points in JSON in JSON", unicode(SECRET.replace(/[A-Za-z0-9_-]/g, ""), "\\\\\\\\")],
  ["in entities of names", named(SECRET)],
  ["in entities", numeric(SECRET.replace(/[A-Za-z0-9_-]/g, ""), (code) => `&#${code};`)],
  ["in entities with noughts", numeric(SECRET.replace(/[A-Za-z0-9_-]/g, ""), (code) => `&#0000${code};`)],
  ["in entities of hex", numeric(SECRET.replace(/[A-Za-z0-9_-]/g, ""), (code) => `&#x${code.toString(16)};`)],
  [
    "in entities of hex in capitals",
    numeric(SECRET.replace(/[A-Za-z0-9_-]/g, ""), (code) => `&#X00${code.toString(16).toUpperCase()};`),
  ],
  ["quoted by a shell", SECRET.replaceAll("'", "'\\''")],
  ["quoted by a shell in double quotes", SECRET.replaceAll("'", `'"'"'`)],
  [
    "with backslashes before all that is not plain",
    chars(SECRET, (char) => (isPlain(char) ? char : `\\${char}`)),
  ],
  [
    "with seven backslashes",
    chars(SECRET.replaceAll("\\", ""), (char) => (isPlain(char) ? char : `${"\\".repeat(7)}${char}`)),
  ],
  ["in hex", hex],
  ["in hex in capitals", hex.toUpperCase()],
  ["in hex in mixed letters", alternating(hex)],
  ["coloured at every character", Array.from(SECRET).join("\x1b[38;5;196m")],
  ["in coloured hex", hex.split("").join("\x1b[0m")],
];

/** The secret that a spelling is one of: some of them have no way to write a letter, or a backslash. */
function writtenBy(name: string): string {
  if (/^in (?:code points|entities)(?! of names)/.test(name)) return SECRET.replace(/[A-Za-z0-9_-]/g, "");
  return /seven|JSON in JSON in JSON$/.test(name) && !name.startsWith("in code")
    ? SECRET.replaceAll("\\", "")
    : SECRET;
}

describe("a value of one line", () => {
  it.each(SPELLINGS)("is masked whole, %s", (name, spelling) => {
    expect(known(writtenBy(name)).text(`<${spelling}>`)).toBe(`<${MASK}>`);
  });

  it.each(["\t", "\r", "'", '"', "&", "<", ">", "/", "\\", " ", "+", "\u00e9", "\u{1f511}"])(
    "is masked whole in every spelling of %j alone",
    (char) => {
      const secret = `abc${char}def`;
      const redactor = known(secret);
      const [code] = [char.codePointAt(0) ?? 0];
      const spelled = [
        char,
        inner(char),
        inner(inner(char)),
        encodeURIComponent(char),
        percentAll(char).toUpperCase(),
        unicode(char),
        unicode(char).toUpperCase().replaceAll("U", "u"),
        `&#${code};`,
        `&#0${code};`,
        `&#x${code.toString(16)};`,
        `&#X0${code.toString(16).toUpperCase()};`,
        `\\${char}`,
        ...(NAMES[char] === undefined ? [] : [`&${NAMES[char]};`]),
        ...(char === " " ? ["+"] : []),
        ...(char === "'" ? ["'\\''", `'"'"'`] : []),
      ];
      for (const one of spelled) expect(redactor.text(`<abc${one}def>`), one).toBe(`<${MASK}>`);
    },
  );

  it.each(["abcXdef", "abcdef", "abc.def", "abc+def", "ab\\cdef", "abc&#39;def", "abcndef"])(
    "leaves %j, which is no spelling of it",
    (other) => {
      expect(known("abc/def").text(other)).toBe(other);
    },
  );
});

/** Its base64 has both characters that have other spellings, at each offset. */
const ODD = "~?>~?>?>~?>~>?~>?~?>";

describe("base64 of a value", () => {
  const around = ["", "a", "ab"].map((before) => Buffer.from(`${before}${ODD}`).toString("base64"));

  it("stands for characters with other spellings at each offset", () => {
    expect(around.join("")).toMatch(/\+/);
    expect(around.join("")).toMatch(/\//);
  });

  it.each(
    around.flatMap((text, offset) => [
      [`plain at ${offset}`, text],
      [`URL-safe at ${offset}`, text.replaceAll("+", "-").replaceAll("/", "_")],
      [`percent-encoded at ${offset}`, encodeURIComponent(text.replaceAll("=", ""))],
      [`percent-encoded in small letters at ${offset}`, text.replaceAll("+", "%2b").replaceAll("/", "%2f")],
      [`with escaped slashes at ${offset}`, text.replaceAll("/", "\\/")],
      [`URL-safe with escaped underscores at ${offset}`, text.replaceAll("+", "-").replaceAll("/", "\\_")],
      [`wrapped at ${offset}`, text.replace(/.{7}/g, "$&\n")],
      [`wrapped as on Windows at ${offset}`, text.replace(/.{5}/g, "$&\r\n")],
      [`coloured at ${offset}`, text.split("").join("\x1b[1m")],
    ]),
  )("is masked: %s", (_name, text) => {
    const seen = known(ODD).text(text);
    // What is left shares bits with its neighbours.
    expect(seen.replaceAll("\x1b[1m", "")).toMatch(/^[^[]{0,4}\[secret abcd\][^[]{0,12}$/s);
    expect(seen.split(MASK)).toHaveLength(2);
  });
});

const LINES = [
  "-----BEGIN A KEY-----",
  "q1/W+e r&t<y\u00e9",
  "sixby6",
  "five5",
  "m".repeat(70),
  "-----END A KEY-----",
];

describe.each([
  ["lines", "\n"],
  ["lines of Windows", "\r\n"],
])("a value of several %s", (_what, end) => {
  const redactor = known(LINES.join(end));
  const line = LINES[1] ?? "";
  const percent = encodeURIComponent(line);

  it.each([
    ["as it is", line],
    ["percent-encoded", percent],
    ["percent-encoded in small letters", percent.replace(/%../g, (escape) => escape.toLowerCase())],
    ["as a form", percent.replaceAll("%20", "+")],
    ["as JSON", inner(line)],
    ["as JSON with its slashes escaped", inner(line).replaceAll("/", "\\/")],
    ["in hex", Buffer.from(line).toString("hex")],
    ["in hex in capitals", Buffer.from(line).toString("hex").toUpperCase()],
  ])("is known by a line %s", (_name, spelling) => {
    expect(redactor.text(`<${spelling}>`)).toBe(`<${MASK}>`);
  });

  it("is known by a line of six bytes, and not by one of five", () => {
    expect(redactor.text("<sixby6> <five5>")).toBe(`<${MASK}> <five5>`);
  });

  it.each(["", "a", "ab"])("is known by a line's base64 behind %j", (before) => {
    const odd = known(`${ODD}\nanother line`);
    const text = Buffer.from(`${before}${ODD}`).toString("base64");
    for (const one of [text, text.replaceAll("+", "-").replaceAll("/", "_")])
      expect(odd.text(one), one).toMatch(/^.{0,4}\[secret abcd\].{0,4}$/);
  });

  it.each(["", "a", "ab"])("is known by the base64 of the whole behind %j, wrapped or not", (before) => {
    const text = Buffer.from(`${before}${LINES.join(end)}`).toString("base64");
    for (const width of [1000, 76, 64]) {
      const wrapped = text.replaceAll(new RegExp(`.{${width}}`, "g"), "$&\n");
      const left = redactor.text(wrapped).replaceAll(MASK, "").replaceAll("\n", "");
      // Pieces at the ends of lines are too short to be told from other text.
      expect(left.length, String(width)).toBeLessThan(width === 1000 ? 8 : text.length / 2);
    }
  });
});
