import { describe, expect, it } from "vitest";
import { removalOrder } from "./order.ts";
import { keyOf, keyTo, KINDS, type OwnedThing, partOf, REMOVAL_PARTS, type ThingKind } from "./thing.ts";

function thing(kind: ThingKind, id: string, uses: string[] = []): OwnedThing {
  return {
    kind,
    id,
    name: `${kind}-${id}`,
    owner: { kind: "project", id: "p", name: "acme-prod" },
    why: "It stands in the project acme-prod.",
    uses,
    goesWith: null,
    service: "network",
    path: `/${kind}/${id}`,
    with: {},
  };
}

/** What an onboarding leaves, each with what it hangs on. */
const ONBOARDED: OwnedThing[] = [
  thing("domain", "d"),
  thing("domain_access", "d", [keyTo("domain", "d")]),
  thing("project", "p", [keyTo("domain", "d"), keyTo("domain_access", "d")]),
  thing("user", "u", [keyTo("domain", "d"), keyTo("domain_access", "d")]),
  thing("role_assignment", "p-u-r", [keyTo("user", "u"), keyTo("project", "p")]),
  thing("network_quota", "p", [keyTo("project", "p")]),
  thing("keypair", "u/k", [keyTo("user", "u")]),
  thing("security_group", "s", [keyTo("project", "p")]),
  thing("network", "n", [keyTo("project", "p")]),
  thing("subnet", "s1", [keyTo("project", "p"), keyTo("network", "n")]),
  thing("router", "r", [keyTo("project", "p")]),
  thing("router_gateway", "r", [keyTo("router", "r"), keyTo("project", "p")]),
  thing("router_interface", "i", [
    keyTo("router", "r"),
    keyTo("router_gateway", "r"),
    keyTo("subnet", "s1"),
    keyTo("network", "n"),
  ]),
  thing("cluster_template", "t", [keyTo("project", "p"), keyTo("keypair", "u/k")]),
  thing("cluster", "c", [keyTo("cluster_template", "t"), keyTo("network", "n"), keyTo("keypair", "u/k")]),
];

function keysOf(things: readonly OwnedThing[]): string[] {
  const order = removalOrder(things);
  if (order.kind !== "ordered") throw new Error(`A circle of ${order.things.map(keyOf).join(", ")}.`);
  return order.things.map((one) => keyOf(one.thing));
}

describe("removalOrder", () => {
  it("takes what hangs on something before it, and says why", () => {
    const order = removalOrder(ONBOARDED);
    expect(keysOf(ONBOARDED)).toEqual([
      "cluster:c",
      "cluster_template:t",
      "router_interface:i",
      "router_gateway:r",
      "router:r",
      "subnet:s1",
      "network:n",
      "security_group:s",
      "keypair:u/k",
      "network_quota:p",
      "role_assignment:p-u-r",
      "user:u",
      "project:p",
      "domain_access:d",
      "domain:d",
    ]);
    const after = (key: string) =>
      order.kind === "ordered" ? order.things.find((one) => keyOf(one.thing) === key)?.after : undefined;
    expect(after("cluster:c")).toEqual([]);
    expect(after("cluster_template:t")).toEqual([
      { key: "cluster:c", says: "Magnum keeps a template for as long as a cluster refers to it." },
    ]);
    expect(after("router:r")?.map(({ key }) => key)).toEqual(["router_interface:i", "router_gateway:r"]);
    expect(after("domain:d")?.at(-1)).toEqual({
      key: "domain_access:d",
      says: "Keystone refuses to delete a domain that is enabled.",
    });
  });

  it("is the same for the same things in whatever order they were read", () => {
    const turned = [...ONBOARDED].reverse();
    const shuffled = [...ONBOARDED].sort((a, b) => keyOf(a).length - keyOf(b).length);
    expect(keysOf(turned)).toEqual(keysOf(ONBOARDED));
    expect(keysOf(shuffled)).toEqual(keysOf(ONBOARDED));
  });

  it("keeps every dependency for generated inventories, or names the circle", () => {
    let seed = 7;
    const next = (below: number) => {
      seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
      return seed % below;
    };
    for (let round = 0; round < 200; round += 1) {
      const kinds = Object.keys(KINDS).filter((kind): kind is ThingKind => kind in KINDS);
      const things = Array.from({ length: 1 + next(25) }, (_unused, at) => {
        const uses = Array.from({ length: next(4) }, () => `${kinds[next(kinds.length)] ?? ""}:${next(25)}`);
        return thing(kinds[next(kinds.length)] ?? "port", String(at), uses);
      });
      const order = removalOrder(things);
      const known = new Set(things.map(keyOf));
      if (order.kind === "circle") {
        const left = new Set(order.things.map(keyOf));
        for (const one of order.things) {
          // Whatever is left waits for another one that is left: nothing of it could have gone first.
          const users = order.things.filter((user) => user !== one && user.uses.includes(keyOf(one)));
          expect(users.some((user) => left.has(keyOf(user)))).toBe(true);
        }
        continue;
      }
      const place = new Map(order.things.map((one, at) => [keyOf(one.thing), at]));
      expect(place.size).toBe(known.size);
      for (const one of things) {
        for (const used of one.uses.filter((key) => known.has(key) && key !== keyOf(one))) {
          expect(place.get(keyOf(one))).toBeLessThan(place.get(used) ?? -1);
        }
      }
    }
  });

  it.each([
    ["two that hang on each other", [thing("port", "a", ["port:b"]), thing("port", "b", ["port:a"])], 2],
    [
      "a circle with something that waits for it",
      [thing("server", "a", ["volume:b"]), thing("volume", "b", ["server:a"]), thing("image", "c")],
      2,
    ],
  ])("refuses %s", (_what, things, left) => {
    const order = removalOrder(things);
    expect(order.kind).toBe("circle");
    expect(order.things).toHaveLength(left);
  });

  it("is not stopped by something that hangs on itself, or on what is not the tenant's", () => {
    expect(keysOf([thing("project", "p", ["project:p", "domain:elsewhere"])])).toEqual(["project:p"]);
    expect(keysOf([])).toEqual([]);
  });

  it("takes a project before the one above it, whatever their names are", () => {
    const above = thing("project", "a");
    const below = thing("project", "z", [keyTo("project", "a")]);
    expect(keysOf([above, below])).toEqual(["project:z", "project:a"]);
  });

  it("never needs a later part before an earlier one", () => {
    const parts = keysOf(ONBOARDED).map((key) => {
      const found = ONBOARDED.find((one) => keyOf(one) === key);
      return REMOVAL_PARTS.indexOf(found ? partOf(found) : "domain");
    });
    expect(parts).toEqual([...parts].sort((a, b) => a - b));
  });
});
