import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Json } from "../canonical/json.ts";
import { evaluate } from "./expression-evaluate.ts";
import { parseExpression } from "./expression.ts";
import { fillExpression, fillTemplates, fillText, type TemplateScope } from "./template.ts";

const SCOPE: TemplateScope = {
  tenant: { slug: "acme", id: "t1" },
  inputs: { cidr: "10.20.24.0/24", nodeCount: 3, big: true },
  saved: {
    domain_id: "{{domain.id}}",
    roles: ["a", "b"],
    network: { id: "n1" },
    none: null,
    quote: 'a"b\\c',
  },
};

describe("fillTemplates", () => {
  it.each<[Json, Json]>([
    ["{{ tenant.slug }}", "acme"],
    ["{{tenant.slug}}", "acme"],
    ["{{  tenant.slug  }}", "acme"],
    ["Client: {{ tenant.slug }}, {{ inputs.nodeCount }} nodes", "Client: acme, 3 nodes"],
    // A whole-string template keeps the type.
    ["{{ inputs.nodeCount }}", 3],
    ["{{ inputs.big }}", true],
    ["{{ saved.roles }}", ["a", "b"]],
    ["{{ saved.none }}", null],
    ["{{ saved.network.id }}", "n1"],
    ["{{ saved.roles.1 }}", "b"],
    [" {{ inputs.nodeCount }}", " 3"],
    ["{{ inputs.nodeCount }}{{ inputs.nodeCount }}", "33"],
    // Symbolic references survive, those of the document and those of saved values.
    ["{{ saved.domain_id }}", "{{domain.id}}"],
    ["/d/{{ saved.domain_id }}/x", "/d/{{domain.id}}/x"],
    ["{{domain.id}} {{secret:pw}} {{ other.name }}", "{{domain.id}} {{secret:pw}} {{ other.name }}"],
    // Not templates.
    ["{{ tenant }}", "{{ tenant }}"],
    ["{{ }} {{", "{{ }} {{"],
    ["{ tenant.slug }", "{ tenant.slug }"],
    ["", ""],
    [
      { a: [{ b: "{{ tenant.id }}" }, 1, null], "{{ tenant.slug }}": 2 },
      { a: [{ b: "t1" }, 1, null], "{{ tenant.slug }}": 2 },
    ],
  ])("%j", (value, filled) => {
    expect(fillTemplates(value, SCOPE)).toEqual({ kind: "filled", value: filled });
  });

  it.each<[Json, string, string]>([
    ["{{ tenant.name }}", "unknown_name", "tenant.name"],
    ["{{ inputs.cdir }}", "unknown_name", "inputs.cdir"],
    ["x {{ saved.nope }}", "unknown_name", "saved.nope"],
    [{ a: ["{{ tenant.slug }}", "{{ saved.nope }}"] }, "unknown_name", "saved.nope"],
    ["{{ saved.toString }}", "unknown_name", "saved.toString"],
    ["{{ saved.__proto__ }}", "unknown_name", "saved.__proto__"],
    ["x {{ saved.roles }}", "not_text", "saved.roles"],
    ["x {{ saved.none }}", "not_text", "saved.none"],
  ])("%j: %s %s", (value, kind, name) => {
    expect(fillTemplates(value, SCOPE)).toMatchObject({ kind, name, says: expect.stringContaining(name) });
  });

  it("knows no name of a root that is missing", () => {
    expect(fillTemplates("{{ saved.a }}", {})).toMatchObject({ kind: "unknown_name" });
  });

  it.each<[string, TemplateScope]>([
    ["a secret in an input", { inputs: { x: "{{secret:svc_password}}" } }],
    ["a secret in a saved value", { saved: { x: "{{secret:svc_password}}" } }],
    ["a secret inside a longer saved value", { saved: { x: "a {{secret:svc_password}}" } }],
    ["a reference in an input", { inputs: { x: "{{domain.id}}" } }],
    ["a reference in the slug", { tenant: { x: "{{domain.id}}" } }],
    ["a reference among other text in a saved value", { saved: { x: "a{{domain.id}}" } }],
    ["a template in a saved value", { saved: { x: "{{ inputs.x }}" } }],
    ["a secret deep in a saved list", { saved: { x: [{ y: "{{secret:a}}" }] } }],
  ])("lets no value become a reference: %s", (_what, scope) => {
    const root = Object.keys(scope)[0] ?? "";
    expect(fillTemplates(`{{ ${root}.x }}`, scope)).toMatchObject({
      kind: "unsafe_value",
      name: `${root}.x`,
    });
    expect(fillText(`say {{ ${root}.x }}`, scope).kind).not.toBe("filled");
    expect(fillExpression(`a is {{ ${root}.x }}`, scope)).toMatchObject({ kind: "unsafe_value" });
  });

  it("leaves everything without our templates as it is", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (json) => {
        const value: Json = JSON.parse(JSON.stringify(json));
        expect(fillTemplates(value, {})).toEqual({ kind: "filled", value });
      }),
    );
  });
});

describe("fillExpression", () => {
  it.each([
    ["a is {{ inputs.nodeCount }}", "a is 3"],
    ["a is {{ tenant.slug }}", 'a is "acme"'],
    ['a is "{{ tenant.slug }}"', 'a is "acme"'],
    ['a is "x-{{ inputs.nodeCount }}-{{ tenant.slug }}"', 'a is "x-3-acme"'],
    ["a is {{ saved.quote }}", 'a is "a\\"b\\\\c"'],
    ['a is "<{{ saved.quote }}>"', 'a is "<a\\"b\\\\c>"'],
    ['a is "\\"" {{ tenant.slug }}', 'a is "\\"" "acme"'],
    ['a is "\\\\" {{ tenant.slug }}', 'a is "\\\\" "acme"'],
    ["a in {{ saved.roles }}", 'a in ["a","b"]'],
    ["a is {{ saved.none }}", "a is null"],
    [
      'a exactly ["manager on domain:{{ saved.domain_id }}"]',
      'a exactly ["manager on domain:{{domain.id}}"]',
    ],
  ])("%s", (text, filled) => {
    expect(fillExpression(text, SCOPE)).toEqual({ kind: "filled", value: filled });
  });

  it.each([
    ["a is {{ saved.nope }}", "unknown_name"],
    ['a is "{{ saved.nope }}"', "unknown_name"],
    ['a is "{{ saved.roles }}"', "not_text"],
  ])("%s: %s", (text, kind) => {
    expect(fillExpression(text, SCOPE)).toMatchObject({ kind });
  });

  it("lets no value out of the literal it stands in", () => {
    const text = fc.string({ unit: "grapheme", maxLength: 20 });
    const nasty = fc.oneof(text, fc.constantFrom('" exists', "\\", '\\"', "\n", "]", '", "b', "\u2028"));
    fc.assert(
      fc.property(
        nasty.filter((value) => !value.includes("{{")),
        (value) => {
          for (const template of [
            "a is {{ inputs.x }}",
            'a is "{{ inputs.x }}"',
            'a in ["{{ inputs.x }}"]',
          ]) {
            const filled = fillExpression(template, { inputs: { x: value } });
            const parsed = parseExpression(filled.kind === "filled" ? filled.value : "");
            expect(parsed.kind).toBe("ok");
            if (parsed.kind === "error") return;
            expect(evaluate(parsed.expression, { a: value }).holds).toBe(true);
            expect(evaluate(parsed.expression, { a: `${value}x` }).holds).toBe(false);
          }
        },
      ),
    );
  });
});
