import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { CATALOGUE } from "../operation/catalogue.ts";
import { parseRunbook } from "./parse.ts";

const SOURCE = readFileSync(new URL("../../../runbooks/tenant-onboarding.md", import.meta.url), "utf8");

describe("the shipped onboarding runbook", () => {
  const { runbook, diagnostics } = parseRunbook(SOURCE, CATALOGUE);

  it("parses without a diagnostic", () => {
    expect(diagnostics).toEqual([]);
    expect(runbook?.slug).toBe("tenant-onboarding");
  });

  it("has the stages of the procedure, each with blocks and a gate", () => {
    expect(runbook?.stages.map(({ key }) => key)).toEqual(["0", "1", "2", "2.5", "3", "4", "5", "6-7"]);
    for (const stage of runbook?.stages ?? []) {
      const kinds = stage.parts.map(({ kind }) => kind);
      expect(kinds).toContain("block");
      expect(kinds).toContain("gate");
    }
  });

  it("only reads in its read-only stages", () => {
    for (const stage of runbook?.stages.filter(({ key }) => key === "0" || key === "2.5") ?? []) {
      const effects = stage.parts
        .flatMap((part) => (part.kind === "block" ? part.block.steps : []))
        .map(({ operation }) => CATALOGUE.get(operation)?.effect);
      expect(new Set(effects)).toEqual(new Set(["read"]));
    }
  });
});
