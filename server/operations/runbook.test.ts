import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { CATALOGUE } from "#server/domain/operation/catalogue.ts";
import { parseRunbook } from "#server/domain/runbook/parse.ts";
import { HANDLERS } from "./handlers.ts";

const source = readFileSync(new URL("../../runbooks/tenant-onboarding.md", import.meta.url), "utf8");
const { runbook, diagnostics } = parseRunbook(source, CATALOGUE);

describe("the catalogue", () => {
  it("has a handler for every operation and no other", () => {
    expect([...HANDLERS.keys()].sort()).toEqual([...CATALOGUE.keys()].sort());
  });

  it("gives each handler its own definition", () => {
    for (const [id, definition] of CATALOGUE) expect(HANDLERS.get(id)?.definition).toBe(definition);
  });
});

describe("the onboarding runbook", () => {
  it("reads without a diagnostic", () => {
    expect(diagnostics).toEqual([]);
  });

  it("has the stages 0 to 6/7 in order, each with one gate", () => {
    expect(runbook?.stages.map(({ key }) => key)).toEqual(["0", "1", "2", "2.5", "3", "4", "5", "6-7"]);
    for (const stage of runbook?.stages ?? []) {
      expect(stage.parts.filter(({ kind }) => kind === "gate")).toHaveLength(1);
    }
  });

  it.each(["0", "2.5"])("only reads in stage %s", (key) => {
    const stage = runbook?.stages.find((one) => one.key === key);
    const effects = (stage?.parts ?? []).flatMap((part) =>
      part.kind === "block" ? part.block.steps.map(({ operation }) => CATALOGUE.get(operation)?.effect) : [],
    );
    expect(effects.length).toBeGreaterThan(0);
    expect(new Set(effects)).toEqual(new Set(["read"]));
  });

  it("never lets the operator change anything inside the tenant's project but its quotas", () => {
    const mutating = (runbook?.stages ?? []).flatMap((stage) =>
      stage.parts.flatMap((part) =>
        part.kind === "block" && part.block.as === "operator-admin"
          ? part.block.steps
              .map(({ operation }) => operation)
              .filter((id) => CATALOGUE.get(id)?.effect !== "read")
          : [],
      ),
    );
    expect(mutating.sort()).toEqual([
      "compute.quota.ensure",
      "identity.domain.ensure",
      "identity.domain_grant.ensure",
      "identity.user.ensure",
      "network.quota.ensure",
    ]);
  });

  it("is plain ASCII", () => {
    expect(source).toMatch(/^[\n -~]*$/);
  });
});

describe("the offboarding runbook", () => {
  const text = readFileSync(new URL("../../runbooks/tenant-offboarding.md", import.meta.url), "utf8");
  const read = parseRunbook(text, CATALOGUE);

  it("reads without a diagnostic, in plain ASCII", () => {
    expect(read.diagnostics).toEqual([]);
    expect(text).toMatch(/^[\n -~]*$/);
  });

  it("shares no stage key, block or gate with the onboarding", () => {
    const idsOf = (of: typeof runbook) =>
      (of?.stages ?? []).flatMap(({ key, parts }) => [
        key,
        ...parts.flatMap((part) => {
          if (part.kind === "block") return [part.block.id];
          return part.kind === "gate" ? [part.gate.id] : [];
        }),
      ]);
    expect(idsOf(read.runbook).filter((id) => idsOf(runbook).includes(id))).toEqual([]);
  });

  it("builds only on values that the onboarding saves", () => {
    const saved = (runbook?.stages ?? []).flatMap(({ parts }) =>
      parts.flatMap((part) =>
        part.kind === "block" ? part.block.steps.flatMap(({ save }) => Object.keys(save)) : [],
      ),
    );
    expect(read.runbook?.uses.filter((name) => !saved.includes(name))).toEqual([]);
  });

  it("changes nothing but by destructive operations, as the operator admin", () => {
    const blocks = (read.runbook?.stages ?? []).flatMap(({ parts }) =>
      parts.flatMap((part) => (part.kind === "block" ? [part.block] : [])),
    );
    expect(new Set(blocks.map((block) => block.as))).toEqual(new Set(["operator-admin"]));
    const effects = blocks.flatMap(({ steps }) =>
      steps.map(({ operation }) => CATALOGUE.get(operation)?.effect),
    );
    expect(effects).toContain("destroy");
    expect(effects).not.toContain("mutate");
  });
});
