import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { generateSnapshot, snapshotText, withActor } from "../actor/generate.ts";
import { readSnapshot } from "../actor/snapshot.ts";
import { checkEnvelope } from "../decision/check.ts";
import { decideQuestion } from "../decision/decide.ts";
import { accessPolicy } from "./access.ts";
import { readCondition } from "./condition.ts";
import { type PolicyPackage, readPackage } from "./document.ts";
import { runCases } from "./fixtures.ts";
import { readBatchText, readCheck, readCheckText } from "./request.ts";

const TEXT = readFileSync(join(import.meta.dirname, "../../../policies/ssh-signing.md"), "utf8");
const AT = new Date("2026-03-04T09:00:00.000Z");

function packageOf(text: string): PolicyPackage {
  const read = readPackage(text);
  if (read.kind === "refused") throw new Error(JSON.stringify(read.faults));
  return read.package;
}
function registryOf(snapshot: unknown) {
  const read = readSnapshot(snapshot);
  if (read.kind === "refused") throw new Error(JSON.stringify(read.faults));
  return read.registry;
}
const shipped = packageOf(TEXT);
const registry = registryOf(JSON.parse(snapshotText(generateSnapshot(shipped.inventory ?? []))));

const REQUEST = {
  request_id: "r-1",
  subject: { id: "iam:agt-state-hub-bridge", type: "agt", tenant: "tenant:platform" },
  action: "sign",
  resource: {
    id: "ssh-cert:actor/agt-state-hub-bridge",
    type: "ssh-certificate",
    system: "ops-warden",
    tenant: "tenant:platform",
  },
  context: {
    actor_type: "agt",
    principals: ["agt-task-bridge"],
    pubkey_fingerprint: "SHA256:abc",
    ttl_hours: 2,
  },
};
function question(value: unknown) {
  const read = readCheck(value);
  if (read.kind === "refused") throw new Error(read.says);
  return read.value;
}

describe("the shipped package", () => {
  it("passes every fixture and every test of its own", () => {
    const results = runCases(shipped, registry);
    expect(results.filter(({ isPassing }) => !isPassing)).toEqual([]);
    expect(results.filter(({ kind }) => kind === "fixture")).toHaveLength(11);
    expect(results.filter(({ kind }) => kind === "test")).toHaveLength(13);
  });

  it("answers an envelope that the gate takes, with a repeatable id", () => {
    const asked = question(REQUEST);
    const answer = decideQuestion(asked, accessPolicy(registry, shipped), AT);
    expect(checkEnvelope(answer, asked)).toEqual({ kind: "read", envelope: answer });
    expect(answer).toMatchObject({
      request_id: "r-1",
      effect: "allow",
      reason: "signing_policy_matched",
      matched_rule: "sign-own-certificate",
      provenance: { policy_package: "countersign.ssh_signing", directory_etag: registry.digest },
    });
    const again = decideQuestion(question(structuredClone(REQUEST)), accessPolicy(registry, shipped), AT);
    expect(again.id).toBe(answer.id);
  });

  it("has another id under another registry or another text of the package", () => {
    const asked = question(REQUEST);
    const [first] = registry.actors;
    if (first === undefined) throw new Error("There is no actor.");
    const other = registryOf(withActor(registry.snapshot, { ...first, maxTtlHours: 1 }));
    const ids = [
      decideQuestion(asked, accessPolicy(registry, shipped), AT).id,
      decideQuestion(asked, accessPolicy(other, shipped), AT).id,
      decideQuestion(asked, accessPolicy(registry, packageOf(`${TEXT}\nMore prose.\n`)), AT).id,
      decideQuestion({ ...asked, request_id: "r-2" }, accessPolicy(registry, shipped), AT).id,
    ];
    expect(new Set(ids).size).toBe(ids.length);
  });

  it("allows nothing beyond the registry, whatever is asked", () => {
    const policy = accessPolicy(registry, shipped);
    const some = fc.anything({ maxDepth: 2, withNullPrototype: false });
    const word = fc.constantFrom(
      "agt",
      "adm",
      "adm-full",
      "agt-task-bridge",
      "adm-example",
      "iam:adm-example",
    );
    fc.assert(
      fc.property(
        fc.record({ ttl_hours: fc.oneof(fc.integer({ min: -2, max: 60 }), some), principals: fc.oneof(fc.array(word), some), actor_type: fc.oneof(word, some), pubkey_fingerprint: fc.oneof(word, some) }), // prettier-ignore
        word,
        (context, id) => {
          const read = readCheck({ ...REQUEST, subject: { ...REQUEST.subject, id }, context });
          if (read.kind === "refused" || policy.evaluate(read.value).effect !== "allow") return;
          const { ttl_hours: ttl, principals } = read.value.context;
          expect(Number(ttl)).toBeGreaterThanOrEqual(1);
          expect(Number(ttl)).toBeLessThanOrEqual(24);
          expect(principals).toEqual(expect.arrayContaining(["agt-task-bridge"]));
          expect(id).toContain("agt-state-hub-bridge");
        },
      ),
    );
  });
});

describe("a request", () => {
  it.each<[string, unknown, string]>([
    ["null", null, "body"],
    ["a list", [], "body"],
    ["no subject", { ...REQUEST, subject: undefined }, "subject"],
    ["no action", { ...REQUEST, action: undefined }, "action"],
    ["an action that is a number", { ...REQUEST, action: 1 }, "action"],
    ["an empty action", { ...REQUEST, action: "" }, "action"],
    ["an unknown field", { ...REQUEST, effect: "allow" }, "effect"],
    [
      "an unknown field of the subject",
      { ...REQUEST, subject: { ...REQUEST.subject, admin: true } },
      "subject.admin",
    ],
    ["no system", { ...REQUEST, resource: { ...REQUEST.resource, system: undefined } }, "resource.system"],
    ["a context that is a list", { ...REQUEST, context: [] }, "context"],
    ["two tenants", { ...REQUEST, tenant: "tenant:other" }, "subject.tenant"],
    ["a number that JSON does not keep", { ...REQUEST, context: { n: 2 ** 60 } }, "body"],
    ["half a character", { ...REQUEST, action: "\ud800" }, "body"],
  ])("is refused for %s, naming the field", (_what, value, field) => {
    expect(readCheck(value)).toMatchObject({ kind: "refused", field });
  });

  it.each([
    ["no JSON", "{", "body"],
    ["nothing", "", "body"],
    ["a doubled member", JSON.stringify(REQUEST).replace('"action":', '"action":"sign","action":'), "action"],
    [
      "a prototype",
      JSON.stringify(REQUEST).replace('"ttl_hours"', '"__proto__":{},"ttl_hours"'),
      "__proto__",
    ],
    [
      "an endless number",
      JSON.stringify(REQUEST).replace('"ttl_hours":2', '"ttl_hours":1e400'),
      "context.ttl_hours",
    ],
  ])("as a text is refused for %s", (_what, text, field) => {
    expect(readCheckText(text)).toMatchObject({ kind: "refused", field });
  });

  it("takes the tenant of the request, and else the platform's", () => {
    const { tenant: _s, ...subject } = REQUEST.subject;
    const { tenant: _r, ...resource } = REQUEST.resource;
    expect(question({ ...REQUEST, subject, resource }).subject.tenant).toBe("tenant:platform");
    expect(question({ ...REQUEST, subject, resource, tenant: "t" }).resource.tenant).toBe("t");
  });

  it("of a batch keeps the order of its resources", () => {
    const { resource, ...rest } = REQUEST;
    const batch = { ...rest, resources: [{ ...resource, id: "b" }, resource, { ...resource, id: "a" }] };
    const read = readBatchText(JSON.stringify(batch));
    expect(read.kind === "read" ? read.value.map((one) => one.resource.id) : read).toEqual([
      "b",
      resource.id,
      "a",
    ]);
    for (const [change, field] of [
      [{ resources: [] }, "resources"],
      [{ resources: [resource, { ...resource, id: 1 }] }, "resources[1].id"],
      [{ resources: Array.from({ length: 101 }, () => resource) }, "resources"],
      [{ resource }, "resource"],
      [{ tenant: "x", resources: [resource] }, "subject.tenant"],
    ] as const) {
      expect(readBatchText(JSON.stringify({ ...batch, ...change }))).toMatchObject({
        kind: "refused",
        field,
      });
    }
  });
});

describe("a condition", () => {
  const asked = question({
    ...REQUEST,
    context: { ...REQUEST.context, zero: 0, no: false, none: null, nested: { a: "x" } },
  });
  const facts = { question: asked, actor: registry.byResource.get(asked.resource.id) ?? null };
  it.each([
    ['action is "sign"', true],
    ['action is "Sign"', false],
    ["context.zero is 0", true],
    ["context.no is false", true],
    ["context.none is known", false],
    ['context.nested.a is "x"', true],
    ["context.toString is known", false],
    ["context.nested.constructor is known", false],
    ["context.absent is context.absent", false],
    ["context.absent in actor.principals", false],
    ['actor.type in ["adm", "agt"]', true],
    ['context.principals all in ["agt-task-bridge"]', true],
    ["context.principals in actor.principals", false],
    ["context.ttl_hours at most 2", true],
    ["context.ttl_hours at most 1", false],
    ["context.ttl_hours at least 3", false],
    ["context.actor_type at most 9", false],
    ["context.ttl_hours is text", false],
  ])("%s: %s", (text, expected) => {
    const read = readCondition(text);
    expect(read.kind === "read" ? read.holds(facts) : read).toBe(expected);
  });

  it("over an actor that nobody knows does not hold", () => {
    for (const text of ["actor is known", "actor.type is actor.type", "actor.max_ttl_hours at least 0"]) {
      const read = readCondition(text);
      expect(read.kind === "read" && read.holds({ question: asked, actor: null })).toBe(false);
    }
  });

  it.each([
    "",
    "action",
    "action is",
    'action is not "x"',
    'not action is "x"',
    "secret is 1",
    "actor.password is 1",
    'action is "a" or true',
    'action is "a',
    "context is known",
    "a.b.c is 1",
    'action in ["a" "b"]',
    'action in ["a",',
    "subject.attributes is known",
    "context.x is `ls`",
    "x".repeat(600),
  ])(
    // prettier-ignore
    "%j is refused",
    (text) => expect(readCondition(text).kind).toBe("refused"),
  );
});

describe("a package", () => {
  it.each<[string, (text: string) => string, string]>([
    ["no front matter", (text) => text.slice(4), ""],
    ["an unknown field", (text) => text.replace("owner:", "owned:"), "owned"],
    ["no version", (text) => text.replace("version: 1.0.0\n", ""), "version"],
    ["a version that is none", (text) => text.replace("1.0.0", "latest"), "version"],
    [
      "a fixture that is nowhere",
      (text) => text.replace("- id: fixture:ssh-ttl-deny", "- id: fixture:other"),
      "fixtures",
    ],
    ["no rules", (text) => text.replace("```yaml rules", "```text"), "rules"],
    ["an unknown block", (text) => text.replace("```yaml rules", "```yaml rulez"), ""],
    [
      "a condition that nobody can read",
      (text) => text.replace('action is "sign"', "action isnt 1"),
      "rules.sign-own-certificate.when[0]",
    ],
    ["both verdicts", (text) => text.replace("  allow: s", "  deny: no\n  allow: s"), "rules.[0].allow"],
    [
      "a test of no fixture",
      (text) => text.replace("from: fixture:ssh-agent-allow", "from: fixture:x"),
      "from",
    ],
    [
      "an actor over its cap",
      (text) => text.replace("ttl_hours: 48 }", "ttl_hours: 49 }"),
      "inventory.actors.adm-example.ttl_hours",
    ],
    ["a block without an end", (text) => `${text}\n\`\`\`yaml rules\n`, ""],
    [
      "aliases",
      (text) => text.replace("actions: [sign]", "actions: &a [sign]\nmetadata: { x: *a }"),
      "front matter",
    ],
    [
      "a rule twice",
      (text) =>
        text.replace(
          "```yaml rules\n",
          '```yaml rules\n- rule: sign-own-certificate\n  when: action is "x"\n  deny: no\n',
        ),
      "rules.sign-own-certificate",
    ],
  ])("is refused for %s", (_what, change, path) => {
    const changed = change(TEXT);
    expect(changed).not.toBe(TEXT);
    const read = readPackage(changed);
    expect(read.kind === "refused" ? read.faults.map((fault) => fault.path) : []).toContainEqual(
      expect.stringContaining(path),
    );
  });

  it("shows what fails, and not whether it is a fixture that names itself wrong", () => {
    const broken = packageOf(TEXT.replace("ttl_hours at most actor.max_ttl_hours", "ttl_hours at most 9000"));
    expect(
      runCases(broken, registry)
        .filter(({ isPassing }) => !isPassing)
        .map(({ name }) => name),
    ).toEqual([
      "fixture:ssh-ttl-deny",
      "one hour more than it may",
      "the tighter limit of one actor holds below the cap of its type",
    ]);
  });

  it("of 3,000 rules, or nested without end, is refused or read quickly", () => {
    const deep = `---\nid: a\nname: a\nversion: 1.0.0\npackage: a\nactions: [a]\nmetadata: ${"{a: ".repeat(3000)}1${"}".repeat(3000)}\n---\n`;
    expect(readPackage(deep).kind).toBe("refused");
    expect(readPackage("x".repeat(1024 * 1024 + 1)).kind).toBe("refused");
  });
});
