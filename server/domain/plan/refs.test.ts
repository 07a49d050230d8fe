import { describe, expect, it } from "vitest";
import { fillRefs, isSymbolic, outputRef, secretRef, secretsIn, type RefLookup } from "./refs.ts";

const lookup: RefLookup = (ref) =>
  ref.kind === "secret" ? `<${ref.name}>` : `<${ref.stepId}|${ref.output}>`;

describe("references", () => {
  it("are written and recognised", () => {
    expect(outputRef("domain", "id")).toBe("{{domain.id}}");
    expect(secretRef("svc_password")).toBe("{{secret:svc_password}}");
    expect(isSymbolic(`/users/${outputRef("svc-user", "id")}/x`)).toBe(true);
    expect(isSymbolic(secretRef("a"))).toBe(true);
  });

  it.each([
    "",
    "plain",
    "{{}}",
    "{{ domain.id }}",
    "{{domain}}",
    "{{Domain.id}}",
    "{domain.id}",
    "{{secret:}}",
    "{{a.b",
  ])("%j is none", (text) => {
    expect(isSymbolic(text)).toBe(false);
    expect(fillRefs(text, lookup)).toBe(text);
  });

  it("gives the same answer when asked again", () => {
    expect([1, 2, 3].map(() => isSymbolic("{{a.b}}"))).toEqual([true, true, true]);
  });

  it("fills every place of a nested value and nothing else", () => {
    const value = {
      path: "/v3/{{domain.id}}/{{user-2.name_x}}",
      "{{domain.id}}": 1,
      list: ["{{secret:pw}}", null, 2, true, { deep: "a{{a.b}}c" }],
    };
    expect(fillRefs<typeof value>(value, lookup)).toEqual({
      path: "/v3/<domain|id>/<user-2|name_x>",
      "{{domain.id}}": 1,
      list: ["<pw>", null, 2, true, { deep: "a<a|b>c" }],
    });
  });

  it("does not look into what it filled in, nor treat it as a pattern", () => {
    expect(fillRefs("{{a.b}}", () => "{{c.d}} $& $1")).toBe("{{c.d}} $& $1");
  });

  it("sends nothing half filled", () => {
    expect(() =>
      fillRefs(["{{a.b}}", "{{c.d}}"], (ref) => {
        if (ref.kind === "output" && ref.stepId === "c") throw new Error("no value");
        return "x";
      }),
    ).toThrow("no value");
  });

  it("lists secrets once, sorted", () => {
    expect(
      secretsIn({ a: "{{secret:z}}", b: ["{{secret:a}} {{secret:z}}", "{{step.secret}}"], c: 1 }),
    ).toEqual(["a", "z"]);
    expect(secretsIn("none")).toEqual([]);
  });
});
