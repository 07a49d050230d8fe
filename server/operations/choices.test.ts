import { describe, expect, it } from "vitest";
import type { Flavor } from "#server/openstack/wire/flavor.ts";
import type { Image } from "#server/openstack/wire/image.ts";
import { callPath, isKnown } from "./call-path.ts";
import { chooseFlavor } from "./compute/flavors-find.ts";
import { differences } from "./draft.ts";
import { assignmentInWords } from "./identity/assignments-read.ts";
import { sightOf } from "./identity/isolation-probe.ts";
import { chooseImage } from "./image/kube-find.ts";

describe("callPath", () => {
  it("keeps a reference as it is and encodes every value", () => {
    expect(callPath`/users?domain_id=${"{{domain.id}}"}&name=${"a/b?c"}`).toBe(
      "/users?domain_id={{domain.id}}&name=a%2Fb%3Fc",
    );
  });

  it.each(["", ".", "..", "a/b"])("refuses %j, which would point elsewhere", (value) => {
    expect(() => callPath`/users/${value}`).toThrow(TypeError);
  });

  it("knows an id from a reference", () => {
    expect([isKnown("06ffed9a61424513a592185a8ce965ef"), isKnown("{{domain.id}}")]).toEqual([true, false]);
  });
});

describe("differences", () => {
  it.each([
    [{ enabled: true }, { enabled: true }, []],
    [{ enabled: false }, { enabled: true }, ["enabled is false, not true"]],
    [{}, { keypair: "k" }, ['keypair is null, not "k"']],
    [{ labels: { b: "2", a: "1" } }, { labels: { a: "1", b: "2" } }, []],
    [
      { dns: ["8.8.8.8"] },
      { dns: ["8.8.8.8", "1.1.1.1"] },
      ['dns is ["8.8.8.8"], not ["8.8.8.8","1.1.1.1"]'],
    ],
    [{ extra: 1 }, {}, []],
  ])("%j against %j", (found, wanted, said) => {
    expect(differences(found, wanted)).toEqual(said);
  });
});

describe("chooseFlavor", () => {
  const flavor = (name: string): Flavor => ({ id: name, name, vcpus: 2, ram: 2048, disk: 10 });

  it.each([
    [["small", "gp.mid"], "gp.mid"],
    [["small", "large"], "small"],
  ])("of %j takes %s", (names, chosen) => {
    expect(chooseFlavor(names.map(flavor), "gp.mid")?.name).toBe(chosen);
  });

  it("takes none of none", () => {
    expect(chooseFlavor([], "gp.mid")).toBeNull();
  });
});

describe("chooseImage", () => {
  const image = (id: string, over: Partial<Image> = {}): Image => ({
    id,
    name: id,
    status: "active",
    visibility: "public",
    kube_version: "v1.31.1",
    os_distro: "ubuntu",
    ...over,
  });

  it("takes the newest Kubernetes, by number", () => {
    const images = [image("a", { kube_version: "v1.9.11" }), image("b", { kube_version: "v1.31.1" })];
    expect(chooseImage(images)?.id).toBe("b");
  });

  it("takes the same one of equals at every look", () => {
    expect(chooseImage([image("b"), image("a")])?.id).toBe("a");
  });

  it.each([{ visibility: "private" }, { status: "queued" }, { kube_version: "" }, { os_distro: "" }])(
    "does not take %j",
    (over) => {
      expect(chooseImage([image("a", over)])).toBeNull();
    },
  );
});

describe("sightOf", () => {
  it.each([
    { rows: null, status: 403, body: {}, sight: "refused" },
    { rows: null, status: 404, body: {}, sight: "refused" },
    { rows: null, status: 200, body: { user: { id: "x" } }, sight: "open" },
    { rows: "users", status: 403, body: {}, sight: "refused" },
    { rows: "users", status: 200, body: { users: [] }, sight: "empty" },
    { rows: "users", status: 200, body: { users: [{ id: "x" }] }, sight: "open" },
    { rows: "users", status: 200, body: { projects: [] }, sight: "open" },
    { rows: "users", status: 200, body: null, sight: "open" },
  ])("$rows, $status, $body: $sight", ({ rows, status, body, sight }) => {
    expect(sightOf({ rows }, status, body)).toBe(sight);
  });
});

describe("assignmentInWords", () => {
  it.each([
    [{ project: { id: "p" } }, "member on project:p"],
    [{ domain: { id: "d" } }, "member on domain:d"],
    [
      { domain: { id: "d" }, "OS-INHERIT:inherited_to": "projects" },
      "member on domain:d (inherited by its projects)",
    ],
    [{ system: { all: true } }, "member on system"],
  ])("%j", (scope, words) => {
    expect(assignmentInWords({ role: { id: "r", name: "member" }, user: { id: "u" }, scope })).toBe(words);
  });
});
