import { describe, expect, it } from "vitest";
import type { Json } from "../canonical/json.ts";
import { samplePlan } from "#server/testing/sample-plan.ts";
import { contentDigest, planContent, requestDigest } from "./digest.ts";
import { stagePlanSchema } from "./schema.ts";

/** Words for people: what they say may change without changing what runs. */
const OUTSIDE = [
  /^steps\.\d+\.words\./,
  /^steps\.\d+\.preconditions\.\d+\.says$/,
  /^gates\.\d+\.assertions\.\d+\.(says|advice)$/,
];

const isOutside = (path: string) => OUTSIDE.some((pattern) => pattern.test(path));

interface Place {
  path: string;
  holder: object;
  key: string;
}

/** Every member of every object and list of a value, with its dotted path. */
function placesIn(value: object, prefix = ""): Place[] {
  return Object.entries(value).flatMap(([key, member]: [string, unknown]) => {
    const path = `${prefix}${key}`;
    const inner = typeof member === "object" && member !== null ? placesIn(member, `${path}.`) : [];
    return [{ path, holder: value, key }, ...inner];
  });
}

const isLeaf = ({ holder, key }: Place) => {
  const member: unknown = Reflect.get(holder, key);
  return typeof member !== "object" || member === null;
};

function changed(value: unknown): Json {
  if (typeof value === "number") return value + 1;
  if (typeof value === "boolean") return !value;
  return typeof value === "string" ? `${value}x` : "x";
}

const LEAVES = placesIn(samplePlan())
  .filter(isLeaf)
  .map(({ path }) => path);

/** A fresh plan with one place of it handed to `change`. */
function planWith(path: string, change: (place: Place) => void) {
  const plan = samplePlan();
  const place = placesIn(plan).find((candidate) => candidate.path === path);
  if (!place) throw new Error(`The sample has no ${path}`);
  change(place);
  return plan;
}

const ORIGINAL = contentDigest(samplePlan());

describe("contentDigest", () => {
  it("is the same for equal plans and independent of the order of members", () => {
    const { gates, steps, ...rest } = samplePlan();
    expect(contentDigest({ gates, steps, ...rest })).toBe(ORIGINAL);
    expect(ORIGINAL).toMatch(/^sha256:[0-9a-f]{64}$/);
  });

  it.each(LEAVES.filter((path) => !isOutside(path)))("covers %s", (path) => {
    const plan = planWith(path, ({ holder, key }) =>
      Reflect.set(holder, key, changed(Reflect.get(holder, key))),
    );
    expect(contentDigest(plan)).not.toBe(ORIGINAL);
  });

  it.each(LEAVES.filter(isOutside))("does not cover %s", (path) => {
    const plan = planWith(path, ({ holder, key }) =>
      Reflect.set(holder, key, changed(Reflect.get(holder, key))),
    );
    expect(contentDigest(plan)).toBe(ORIGINAL);
  });

  it("sees leaves of every kind", () => {
    expect(LEAVES.filter((path) => !isOutside(path)).length).toBeGreaterThan(60);
    expect(LEAVES.filter(isOutside).length).toBeGreaterThan(10);
  });

  it.each(["steps", "gates", "steps.0.calls", "steps.0.expect", "steps.1.generates", "gates.0.assertions"])(
    "notices an element taken from %s",
    (path) => {
      const plan = planWith(path, ({ holder, key }) => {
        const list: unknown = Reflect.get(holder, key);
        Reflect.set(holder, key, Array.isArray(list) ? list.slice(1) : list);
      });
      expect(contentDigest(plan)).not.toBe(ORIGINAL);
    },
  );

  it("notices steps in another order", () => {
    const plan = samplePlan();
    expect(contentDigest({ ...plan, steps: plan.steps.toReversed() })).not.toBe(ORIGINAL);
  });

  it("notices a probe that is dropped", () => {
    const plan = planWith("steps.0.calls.0.probe", ({ holder, key }) => Reflect.set(holder, key, null));
    expect(contentDigest(plan)).not.toBe(ORIGINAL);
  });
});

describe("requestDigest", () => {
  const request = { jobId: "job-1", nonce: "nonce-1", expiresAt: new Date("2026-01-02T03:04:05.000Z") };

  it.each([
    ["job", { jobId: "job-2" }],
    ["nonce", { nonce: "nonce-2" }],
    ["expiry", { expiresAt: new Date("2026-01-02T03:04:05.001Z") }],
  ])("is bound to its %s", (_what, other) => {
    expect(requestDigest(samplePlan(), { ...request, ...other })).not.toBe(
      requestDigest(samplePlan(), request),
    );
  });

  it("differs from the content's digest and repeats", () => {
    expect(requestDigest(samplePlan(), request)).not.toBe(ORIGINAL);
    expect(requestDigest(samplePlan(), request)).toBe(requestDigest(samplePlan(), request));
  });
});

describe("stagePlanSchema", () => {
  it("keeps a plan as it is", () => {
    const stored: unknown = JSON.parse(JSON.stringify(samplePlan()));
    expect(planContent(stagePlanSchema.parse(stored))).toEqual(planContent(samplePlan()));
  });

  it.each(["", "steps.0.", "steps.0.calls.0.", "steps.0.calls.0.probe.", "gates.0.assertions.0.", "cloud."])(
    "refuses a field nobody declared in %s",
    (prefix) => {
      const plan = samplePlan();
      const holder = prefix === "" ? plan : holderOf(plan, prefix);
      Reflect.set(holder, "extra", "1");
      expect(stagePlanSchema.safeParse(plan).success).toBe(false);
    },
  );

  it("refuses a call whose effect is a read", () => {
    const plan = planWith("steps.0.calls.0.effect", ({ holder, key }) => Reflect.set(holder, key, "read"));
    expect(stagePlanSchema.safeParse(plan).success).toBe(false);
  });
});

function holderOf(plan: object, prefix: string): object {
  const place = placesIn(plan).find(
    ({ path }) => path.startsWith(prefix) && !path.slice(prefix.length).includes("."),
  );
  if (!place) throw new Error(`The sample has no ${prefix}`);
  return place.holder;
}
