import { expect, it } from "vitest";
import * as z from "zod";
import type { CloudReader } from "../cloud-reader.ts";
import { observeHost } from "./observe.ts";

const GUESTS = 400;

/** A node whose answers take a turn each; counts what is under way at once. */
function countingReader() {
  const counted = { now: 0, most: 0, asked: 0 };
  const answerTo = (path: string) => {
    if (path.endsWith("/config")) return { cores: 2, digest: "d" };
    return Array.from({ length: GUESTS / 2 }, (_none, at) => {
      const vmid = at * 2 + (path.endsWith("/qemu") ? 100 : 101);
      return { vmid: path.endsWith("/lxc") ? String(vmid) : vmid, status: "running" };
    });
  };
  const get: CloudReader["get"] = async ({ path, body }) => {
    counted.asked += 1;
    counted.now += 1;
    counted.most = Math.max(counted.most, counted.now);
    await new Promise((done) => setImmediate(done));
    counted.now -= 1;
    return z.parse(body, { data: answerTo(path) });
  };
  return { counted, reader: { get } };
}

it("looks at every guest of a node with at most sixteen requests under way", async () => {
  const { counted, reader } = countingReader();
  const { actual, configs } = await observeHost(reader, "pve1", () => true);
  expect(actual.guests).toHaveLength(GUESTS);
  expect(configs.size).toBe(GUESTS);
  expect(counted).toEqual({ now: 0, most: 16, asked: GUESTS + 2 });
});

it("asks for the settings of nobody that is not wanted", async () => {
  const { counted, reader } = countingReader();
  const { configs } = await observeHost(reader, "pve1", (vmid) => vmid === 150);
  expect([...configs.keys()]).toEqual([150]);
  expect(counted.asked).toBe(3);
});
