import fc from "fast-check";
import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { bytesOf, sampleOperation } from "#server/testing/signed-operations.ts";
import { renderOperation, visible } from "./render.ts";

describe("renderOperation", () => {
  it("shows everything that is signed, and the digest of the bytes", () => {
    const operation = sampleOperation({
      params: {
        calls: ["DELETE identity /projects/{{id}}", "POST network /v2.0/nets"],
        deep: { empty: {}, none: [], nothing: null, yes: true, word: "true", number: 7, digits: "7" },
        "": "",
      },
    });
    const digest = createHash("sha256").update(bytesOf(operation)).digest("hex");
    expect(renderOperation(operation)).toEqual([
      "operation   guest_destroy",
      "on          cloud-1",
      "about       tenant-1",
      "issued      2030-01-15T12:00:00Z",
      "expires     2030-01-15T12:10:00Z",
      "nonce       nonce-0123456789",
      "key (hint)  anything",
      "with",
      "  calls:",
      "    0: DELETE identity /projects/{{id}}",
      "    1: POST network /v2.0/nets",
      "  deep:",
      "    empty: (nothing)",
      "    none: (an empty list)",
      "    nothing: null",
      "    yes: true",
      '    word: "true"',
      "    number: 7",
      '    digits: "7"',
      '  : ""',
      `sha256      ${digest}`,
    ]);
  });

  it("leaves out what is not there", () => {
    const operation = sampleOperation({
      key_id: "",
      target: { host_id: "cloud-1", guest_id: "" },
      params: {},
    });
    const lines = renderOperation(operation);
    expect(lines).toContain("about       the whole installation");
    expect(lines.join("\n")).not.toContain("hint");
    expect(lines.slice(-2, -1)).toEqual(["with"]);
  });

  it.each(["true", "false", "null", "7", "", " x", "x ", 'a"b', "-1", "(nothing)", "[]"])(
    "puts %j in quotes, so that it is taken for a text",
    (text) => {
      const lines = renderOperation(sampleOperation({ params: { a: text } }));
      expect(lines).toContain(`  a: "${text}"`);
    },
  );

  it("holds nothing that moves the cursor, hides or reorders", () => {
    const lines = renderOperation(
      sampleOperation({
        params: { "a\x1b[2K": "x\u202ey\r\n\u2028z", [`b\u200b`]: ["\x07", "\u00a0", "c\\u{41}"] },
      }),
    );
    expect(lines).toContain("  a\\u{1b}[2K: x\\u{202e}y\\u{d}\\u{a}\\u{2028}z");
    expect(lines).toContain("  b\\u{200b}:");
    expect(lines).toContain('    0: "\\u{7}"');
    expect(lines).toContain('    1: "\\u{a0}"');
    expect(lines).toContain("    2: c\\\\u{41}");
  });
});

describe("visible", () => {
  it("leaves plain text alone", () => {
    expect(visible("Gr\u00fc\u00dfe, 100% {a} \u{1f600}")).toBe("Gr\u00fc\u00dfe, 100% {a} \u{1f600}");
  });

  it("is plain for any text, and two texts never look alike", () => {
    const text = fc.string({ unit: "binary" });
    fc.assert(
      fc.property(text, text, (a, b) => {
        expect(visible(a)).not.toMatch(/[\p{C}\p{Zl}\p{Zp}]|(?! )\p{Zs}/u);
        expect(visible(a) === visible(b)).toBe(a === b);
      }),
    );
  });
});
