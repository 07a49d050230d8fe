import { describe, expect, it } from "vitest";
import { isHere, shellSections } from "./sections.ts";

const here = (path: string, kinds: string | null = null) =>
  shellSections.filter(({ href }) => isHere(path, kinds, href)).map(({ label }) => label);

describe("where a person is", () => {
  it.each<[string, string | null, string]>([
    ["/inbox", null, "Inbox"],
    ["/tenants/1/stages/2", null, "Tenants"],
    ["/registers", null, "Overview"],
    ["/registers/items", null, "Open items"],
    ["/registers/items", "H", "Open items"],
    ["/registers/items", "R", "Rulings"],
    ["/registers/items", "change,running_entry", "Changelog"],
    ["/registers/items/1", null, "Open items"],
    ["/policy", null, "Policy"],
    ["/settings/rules", null, "Rules"],
  ])("at %s with the kinds %s is in one section", (path, kinds, label) => {
    expect(here(path, kinds)).toEqual([label]);
  });

  it("at an address of no section is in none", () => {
    expect(here("/nowhere")).toEqual([]);
  });
});
