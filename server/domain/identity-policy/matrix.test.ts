import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parsePolicy } from "../oslo/policy.ts";
import { diffPolicy } from "./diff.ts";
import { documentRules, readPolicyDocument } from "./document.ts";
import { KEYSTONE_DEFAULTS } from "./keystone-defaults.ts";
import { findRelease, STANDARD_RELEASE } from "./keystone-release.ts";
import { isChanged, simulateMatrix } from "./matrix.ts";
import { type MatrixSet, readMatrixSet, STANDARD_SET } from "./matrix-set.ts";

const folder = new URL("../../sandbox/identity/policy/", import.meta.url);
const document = (name: string) => readPolicyDocument(readFileSync(new URL(name, folder), "utf8"));
const live = { ...KEYSTONE_DEFAULTS, ...documentRules(document("base.yaml")) };
const fixed = documentRules(document("domain-manager.yaml"));
const broken = { ...fixed, ...documentRules(document("create-user-broken.yaml")) };

function matrix(
  override: Record<string, unknown>,
  set: MatrixSet = STANDARD_SET,
  release = STANDARD_RELEASE,
) {
  return simulateMatrix(set, {
    before: parsePolicy(live),
    after: parsePolicy({ ...live, ...override }),
    release,
  });
}

const failing = (override: Record<string, unknown>, release = STANDARD_RELEASE) =>
  matrix(override, STANDARD_SET, release).cases.flatMap(({ holds, group, persona, operation, place }) =>
    holds ? [] : [`${group} ${persona} ${operation} ${place}`],
  );

describe("the acceptance cases", () => {
  it("all hold with the override, and none of the manager's own without it", () => {
    expect(failing(fixed)).toEqual([]);
    expect(failing({}).filter((line) => line.startsWith("PASS domain-manager"))).toHaveLength(4);
  });

  it("fail where the fall-through reads the request body, on a fixed Keystone only", () => {
    expect(failing(broken)).toEqual(["PASS domain-admin identity:create_user own"]);
    expect(failing(broken, findRelease("zed-before-fix") ?? STANDARD_RELEASE)).toEqual([]);
  });

  it.each([
    [
      "managers that grant admin",
      { is_domain_managed_role: "@" },
      "DENY domain-manager identity:create_grant own, role admin",
    ],
    [
      "managers of every domain",
      { "identity:update_user": "role:manager or rule:cloud_admin" },
      "DENY domain-manager identity:update_user other",
    ],
    [
      "a cloud admin who is locked out",
      { cloud_admin: "!" },
      "UNAFFECTED cloud-admin identity:create_grant other",
    ],
    [
      "a rule that raises",
      { "identity:create_user": "user_id.x:y" },
      "PASS domain-manager identity:create_user own",
    ],
  ])("fail for %s", (_what, change, line) => {
    expect(failing({ ...fixed, ...change })).toContain(line);
  });
});

describe("cells", () => {
  it("tell the branch that decided, before and after", () => {
    const cell = matrix(fixed).cells.find(
      (each) =>
        each.persona === "domain-manager" &&
        each.operation === "identity:create_user" &&
        each.place === "own",
    );
    expect(cell?.before.expect).toBe("deny");
    expect(cell?.after).toEqual({
      expect: "allow",
      ours: "allow",
      branch: "identity:create_user > (rule:is_domain_manager and token.domain.id:%(target.user.domain_id)s)",
    });
  });

  it("change with the override for a manager, and for a domain admin who could not create a user before", () => {
    expect(matrix({}).cells.filter(isChanged)).toEqual([]);
    const changed = matrix(fixed).cells.filter(isChanged);
    expect(new Set(changed.map(({ persona }) => persona))).toEqual(
      new Set(["domain-manager", "domain-admin"]),
    );
    const admins = changed.filter(({ persona }) => persona === "domain-admin");
    expect(admins).toMatchObject([
      { operation: "identity:create_user", place: "own", after: { expect: "allow" } },
    ]);
    expect(
      new Set(
        matrix(broken)
          .cells.filter(isChanged)
          .map(({ persona }) => persona),
      ).size,
    ).toBe(1);
  });

  it("are asked of personas and places of one's own, and name what is not modelled", () => {
    const read = readMatrixSet({
      personas: [
        { name: "p", token: { user: { id: "u" }, roles: [{ name: "manager" }], domain: { id: "d" } } },
      ],
      places: [{ name: "d", domain: "d", project: "x", user: "y", group: "z", role: "member" }],
      operations: ["identity:create_user", "identity:fly"],
      cases: [{ group: "PASS", persona: "p", operation: "identity:create_user", place: "gone" }],
    });
    if (read.kind !== "set") throw new Error(read.says);
    const { cells, unknown, cases } = matrix(fixed, read.set);
    expect(cells.map(({ after }) => after.expect)).toEqual(["allow"]);
    expect(unknown).toEqual(["identity:fly"]);
    expect(cases).toMatchObject([{ answer: null, holds: false }]);
  });

  it.each([
    [{}, "personas"],
    [{ personas: [{ name: "p", token: 5 }], places: [] }, "personas.0.token"],
    [{ personas: [{ name: "p" }], places: [{ name: "x" }] }, "places.0.domain"],
    [{ personas: [{ name: "p" }], places: [], more: 1 }, ""],
    [null, ""],
  ])("name the field of a set that is wrong: %j", (value, field) => {
    const read = readMatrixSet(value);
    expect(read.kind).toBe("bad");
    if (read.kind === "bad") expect(read.says.startsWith(field)).toBe(true);
  });
});

describe("the difference to the policy in force", () => {
  it("has the fall-through tail beside the live default, helpers of the override written out", () => {
    const { rows, counts } = diffPolicy(document("domain-manager.yaml"), live);
    expect(rows.find(({ rule }) => rule === "identity:create_user")).toMatchObject({
      change: "changed",
      kept: ["rule:cloud_admin"],
      dropped: ["rule:admin_and_matching_user_domain_id"],
      added: [
        "(rule:is_domain_manager and token.domain.id:%(target.user.domain_id)s)",
        "rule:admin_and_matching_target_user_domain_id",
      ],
    });
    expect(counts).toMatchObject({ override: 67, added: 37, changed: 30, same: 0 });
    expect(counts.effective).toBe(counts.live + counts.added);
  });

  it("does not take another spelling for another rule", () => {
    const text = '"identity:create_domain": "( rule:cloud_admin )"';
    expect(diffPolicy(readPolicyDocument(text), live).rows).toMatchObject([
      { change: "same", dropped: [], added: [] },
    ]);
  });

  it("ends for helpers that double or go in a ring", () => {
    const doubled = Array.from({ length: 200 }, (_, n) => `"h${n}": "rule:h${n + 1} or rule:h${n + 1}"`).join(
      "\n",
    );
    expect(diffPolicy(readPolicyDocument(`${doubled}\n"h200": "rule:h0"`), live).rows).toHaveLength(201);
  });
});
