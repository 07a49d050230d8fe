import { describe, expect, it } from "vitest";
import * as z from "zod";
import type { Service } from "#server/domain/plan/states.ts";
import type { CloudRequest } from "#server/openstack/cloud-call.ts";
import type { CloudSession } from "#server/openstack/session.ts";
import { openReader } from "../cloud-reader.ts";
import { listWhole } from "./pages.ts";

/** A cloud that answers by path, and keeps what it was asked. */
async function cloudOf(answers: Readonly<Record<string, unknown>>) {
  const asked: CloudRequest[] = [];
  const session: CloudSession = {
    describe: () => {
      throw new Error("Nobody asks who this is.");
    },
    endpointOf: () => "https://cloud.example/v1",
    close: () => Promise.resolve(),
    call(request) {
      asked.push(request);
      const body = answers[request.path];
      if (body === undefined) throw new Error(`Nobody answers ${request.path}.`);
      const sent = { method: "GET", url: `https://cloud.example${request.path}` } as const;
      return Promise.resolve({ status: 200, body, requestId: null, sent });
    },
  };
  const reader = await openReader({ session: () => Promise.resolve(session) });
  const list = (service: Service, path: string) =>
    listWhole(reader, { service, path, rows: "rows", row: z.looseObject({ id: z.string() }) });
  return { asked, list, reader };
}

const rows = (...ids: string[]) => ({ rows: ids.map((id) => ({ id })) });

describe("listWhole", () => {
  it.each<[string, Service, unknown]>([
    [
      "Neutron and Nova",
      "network",
      {
        rows_links: [
          { rel: "previous", href: "https://x/?marker=no" },
          { rel: "next", href: "https://x/v2.0/rows?limit=2&marker=b" },
        ],
      },
    ],
    ["Glance", "image", { next: "/v2/rows?limit=2&marker=b" }],
    ["Magnum", "container-infra", { next: "https://x/v1/rows?limit=2&marker=b" }],
    ["Keystone", "identity", { links: { next: "https://x/v3/rows?marker=b", self: "https://x/v3/rows" } }],
  ])("follows the pages of %s to the end", async (_who, service, link) => {
    const { asked, list } = await cloudOf({
      "/rows?owner=p": { ...rows("a", "b"), ...z.object({}).loose().parse(link) },
      "/rows?owner=p&marker=b": rows("c"),
    });
    expect((await list(service, "/rows?owner=p")).map(({ id }) => id)).toEqual(["a", "b", "c"]);
    expect(asked.map(({ path }) => path)).toEqual(["/rows?owner=p", "/rows?owner=p&marker=b"]);
  });

  it("sends a path and what it accepts, and never the shape that it reads the answer in", async () => {
    const answers = { "/rows": rows("a"), "/row": { id: "a" } };
    const { asked, reader } = await cloudOf(answers);
    const body = z.looseObject({ id: z.string() });
    await reader.get({ service: "image", path: "/row", body });
    await reader.find({ service: "image", path: "/row", body });
    await listWhole(reader, { service: "image", path: "/rows", rows: "rows", row: body });
    for (const request of asked) {
      expect(Object.keys(request).sort()).toEqual(["accept", "method", "path", "service"]);
    }
    expect(asked).toHaveLength(3);
  });

  it("uses nothing but the marker of a next address: it could lead anywhere", async () => {
    const next = "https://elsewhere.example/v1/tokens?marker=b%26delete%3D1";
    const { list } = await cloudOf({
      "/rows": { ...rows("a"), next },
      "/rows?marker=b%26delete%3D1": rows("c"),
    });
    expect(await list("image", "/rows")).toHaveLength(2);
  });

  it.each<[string, Record<string, unknown>]>([
    ["says that it was cut", { "/rows": { ...rows("a"), truncated: true } }],
    ["leads on without a marker", { "/rows": { ...rows("a"), next: "/rows?page=2" } }],
    [
      "leads in a circle",
      {
        "/rows": { ...rows("a"), next: "/rows?marker=b" },
        "/rows?marker=b": { ...rows("b"), next: "/rows?marker=b" },
      },
    ],
  ])("does not take a list for whole that %s", async (_what, answers) => {
    const { list } = await cloudOf(answers);
    await expect(list("image", "/rows")).rejects.toThrow(/did not give all of \/rows/);
  });

  it("does not follow a list that never ends", async () => {
    const pages = Object.fromEntries(
      Array.from({ length: 250 }, (_unused, at) => [
        at === 0 ? "/rows" : `/rows?marker=${at}`,
        { ...rows(String(at)), next: `/rows?marker=${at + 1}` },
      ]),
    );
    const { list, asked } = await cloudOf(pages);
    await expect(list("image", "/rows")).rejects.toThrow(/did not give all/);
    expect(asked.length).toBe(200);
  });

  it.each([
    ["no list", {}],
    ["rows without an id", { rows: [{ name: "x" }] }],
    ["a page", "<html>"],
  ])("throws for %s instead of an answer", async (_what, body) => {
    const { list } = await cloudOf({ "/rows": body });
    await expect(list("image", "/rows")).rejects.toThrow(/cannot be read/);
  });
});
