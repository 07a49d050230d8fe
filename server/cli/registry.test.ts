import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, describe, expect, it } from "vitest";

const folder = mkdtempSync(join(tmpdir(), "registry-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function countersign(input: string, ...args: string[]) {
  const options = { input, encoding: "utf8", cwd: folder, env: { NODE_ENV: "production" } } as const;
  const ran = spawnSync(process.execPath, [resolve("server/cli/main.ts"), ...args], options);
  return { code: ran.status, out: ran.stdout, err: ran.stderr };
}

const INVENTORY = "actors:\n  agt-some-lane: { type: agt, principals: [lane], ttl_hours: 2 }\n";
const POLICY = resolve("policies/ssh-signing.md");
const request = (ttl: unknown) =>
  JSON.stringify({
    subject: { id: "iam:agt-some-lane", type: "agt" },
    action: "sign",
    resource: { id: "ssh-cert:actor/agt-some-lane", type: "ssh-certificate", system: "ops-warden" },
    context: { actor_type: "agt", principals: ["lane"], pubkey_fingerprint: "SHA256:x", ttl_hours: ttl },
  });

describe("countersign registry", () => {
  it("generates, loads and compares", () => {
    expect(countersign(INVENTORY, "registry", "generate", "-", "-o", "snapshot.json").code).toBe(0);
    const loaded = countersign("", "registry", "load", "--file", "snapshot.json");
    expect(loaded.code).toBe(0);
    expect(JSON.parse(loaded.out)).toEqual({
      systems: 1,
      resource_manifests: 1,
      subjects: 1,
      groups: 1,
      relationships: 1,
      tenants: 1,
      actors: 1,
      digest: expect.stringMatching(/^sha256:/),
    });
    expect(countersign(INVENTORY, "registry", "diff", "-", "snapshot.json")).toMatchObject({
      code: 0,
      out: "",
    });
    const changed = INVENTORY.replace("ttl_hours: 2", "ttl_hours: 3");
    expect(countersign(changed, "registry", "diff", "snapshot.json", "-")).toMatchObject({
      code: 1,
      out: "changed agt-some-lane: max_ttl_hours 2 -> 3\n",
    });
  });

  it("names a bad row and writes nothing", () => {
    const bad = INVENTORY.replace("ttl_hours: 2", "ttl_hours: 99");
    const made = countersign(bad, "registry", "generate", "-", "-o", "bad.json");
    expect(made).toMatchObject({ code: 1, out: "" });
    expect(made.err).toContain("ttl_out_of_bounds - actors.agt-some-lane.ttl_hours: 99 hours");
    expect(() => readFileSync(join(folder, "bad.json"))).toThrow();
    const loaded = countersign('{"systems":1}', "registry", "load", "-");
    expect(loaded.code).toBe(1);
    expect(JSON.parse(loaded.out)).toMatchObject({ errors: expect.arrayContaining([{ path: "systems", reason: "wrong_kind", says: expect.any(String) }]) }); // prettier-ignore
    expect(countersign("", "registry", "load").code).toBe(2);
    expect(countersign("", "registry", "load", "nowhere.json").code).toBe(2);
  });
});

describe("countersign check", () => {
  it.each([
    [2, "allow", "signing_policy_matched"],
    [3, "deny", "ttl_out_of_bounds"],
  ])("answers one envelope for %j hours: %s", (ttl, effect, reason) => {
    writeFileSync(join(folder, "ask.json"), request(ttl));
    countersign(INVENTORY, "registry", "generate", "-", "-o", "asked.json");
    const args = ["check", "--registry", "asked.json", "--policy", POLICY, "--request", "ask.json"];
    const { code, out } = countersign("", ...args);
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      id: expect.stringMatching(/^decision:[0-9a-f]{16}$/),
      effect,
      reason,
    });
  });

  it("refuses what it cannot read, by field", () => {
    countersign(INVENTORY, "registry", "generate", "-", "-o", "asked.json");
    const args = ["check", "--registry", "asked.json", "--policy", POLICY, "--request", "-"];
    expect(countersign("{}", ...args)).toMatchObject({ code: 1, err: expect.stringContaining("subject") });
    expect(countersign(request(1).replace('"action"', '"verb"'), ...args).code).toBe(1);
    expect(countersign(request(1), ...args.slice(0, 3)).code).toBe(2);
    const noPolicy = countersign(request(1), "check", "--registry", "asked.json", "--policy", "asked.json", "--request", "-"); // prettier-ignore
    expect(noPolicy).toMatchObject({ code: 1, err: expect.stringContaining("front matter") });
  });
});
