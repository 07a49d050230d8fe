import { describe, expect, test } from "vitest";
import type { ServiceType } from "./cloud-call.ts";
import type { CloudConfig } from "./cloud-config.ts";
import { getEndpoint, versionRoot } from "./endpoints.ts";

describe("versionRoot", () => {
  const id = "58a9ce533253451fa91233266dbadc2d";
  const cases: [ServiceType, string, string][] = [
    ["identity", "https://c:5000", "https://c:5000/v3"],
    ["identity", "https://c:5000/", "https://c:5000/v3"],
    ["identity", "https://c:5000/v3/", "https://c:5000/v3"],
    ["identity", "https://c:5000/v2.0", "https://c:5000/v3"],
    ["identity", "https://c/identity/v3", "https://c/identity/v3"],
    ["compute", "https://c:8774/v2.1", "https://c:8774/v2.1"],
    ["compute", `https://c:8774/v2.1/${id}`, "https://c:8774/v2.1"],
    ["compute", `https://c/compute/v2/${id}/`, "https://c/compute/v2.1"],
    ["image", "https://c:9292", "https://c:9292/v2"],
    ["image", "https://c/image/v2", "https://c/image/v2"],
    ["network", "https://c:9696", "https://c:9696/v2.0"],
    ["network", "https://c:9696/networking/v2.0", "https://c:9696/networking/v2.0"],
    ["container-infra", "https://c:9511/v1", "https://c:9511/v1"],
    ["container-infra", "https://c:9511", "https://c:9511/v1"],
  ];
  test.each(cases)("%s %s", (service, url, root) => expect(versionRoot(service, url)).toBe(root));
});

describe("getEndpoint", () => {
  const cloud: CloudConfig = {
    name: "lab",
    file: "/etc/openstack/clouds.yaml",
    authUrl: "https://cloud.example:5000/v3",
    credentials: { kind: "application_credential", id: "i", secret: "s" },
    regionName: "one",
    interface: "public",
    cacertPath: null,
    endpointOrigins: null,
    tenantPool: null,
    horizonUrl: null,
  };
  const endpoint = (url: string, over = {}) => ({ interface: "public", region_id: "one", url, ...over });
  const catalogOf = (...endpoints: ReturnType<typeof endpoint>[]) => [{ type: "network", endpoints }];
  const network = (config: CloudConfig, ...endpoints: ReturnType<typeof endpoint>[]) =>
    getEndpoint(config, catalogOf(...endpoints), "network");

  test("the configured interface and region are chosen", () => {
    const all = [
      endpoint("https://cloud.example:1", { interface: "internal" }),
      endpoint("https://cloud.example:2", { region_id: "two" }),
      endpoint("https://cloud.example:3"),
    ];
    expect(network(cloud, ...all)).toBe("https://cloud.example:3/v2.0");
    expect(network({ ...cloud, interface: "internal" }, ...all)).toBe("https://cloud.example:1/v2.0");
    expect(network({ ...cloud, regionName: "two" }, ...all)).toBe("https://cloud.example:2/v2.0");
  });

  test.each([
    ["none of that interface", "lab", [endpoint("https://cloud.example", { interface: "admin" })]],
    ["none of that region", "region one", [endpoint("https://cloud.example", { region_id: "two" })]],
  ])("%s is unreachable", (_, words, endpoints) => {
    expect(() => network(cloud, ...endpoints)).toThrow(
      expect.objectContaining({
        code: "unreachable",
        outcome: "not_applied",
        says: expect.stringContaining(words),
      }),
    );
  });

  test("without a region name, several regions are not guessed between", () => {
    const any = { ...cloud, regionName: null };
    const two = [
      endpoint("https://cloud.example:1"),
      endpoint("https://cloud.example:2", { region_id: "two" }),
    ];
    expect(() => network(any, ...two)).toThrow(/region_name/);
    expect(network(any, endpoint("https://cloud.example:1"))).toBe("https://cloud.example:1/v2.0");
  });

  const listed = { ...cloud, endpointOrigins: ["https://net.example:9696"] };
  test.each([
    ["another port of the same host", cloud, "https://cloud.example:9696", true],
    ["another host", cloud, "https://evil.example:9696", false],
    ["a subdomain", cloud, "https://x.cloud.example:9696", false],
    ["plain http", cloud, "http://cloud.example:9696", false],
    ["user info", cloud, "https://cloud.example@evil.example", false],
    ["user info on the right host", cloud, "https://u:p@cloud.example", false],
    ["no URL at all", cloud, "cloud.example", false],
    ["a listed origin", listed, "https://net.example:9696/", true],
    ["the right host, not listed", listed, "https://cloud.example:9696", false],
    ["the identity service's own origin, not listed", listed, "https://cloud.example:5000", true],
    ["a listed host on another port", listed, "https://net.example", false],
  ])("%s", (...[, config, url, isAllowed]) => {
    const found = () => network(config, endpoint(url));
    if (isAllowed) expect(found()).toMatch(/\/v2\.0$/);
    else expect(found).toThrow(expect.objectContaining({ code: "origin_refused", outcome: "not_applied" }));
  });

  test("the official name of container-infra is known too", () => {
    const catalog = [
      { type: "container-infrastructure-management", endpoints: [endpoint("https://cloud.example:9511/v1")] },
    ];
    expect(getEndpoint(cloud, catalog, "container-infra")).toBe("https://cloud.example:9511/v1");
  });
});
