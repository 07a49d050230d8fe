import { expect, test } from "vitest";
import { sealBox } from "#server/runner/box.ts";
import { makeHandoverKeys, openBox } from "./open-box.ts";

const id = "0b0e7a4e-7d3c-4a5e-9b3f-1f2a3b4c5d6e";
const set = {
  horizonUrl: "https://dashboard.omega.example/",
  domainName: "acme",
  domainAdminName: "acme-domain-admin",
  password: "p\u00e4ss w\u00f6rd +/=",
  caPem: "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n",
};

async function sealed(content: unknown = set) {
  const keys = await makeHandoverKeys();
  const box = await sealBox({ publicKey: keys.publicKey, id, content: JSON.stringify(content) });
  return { box, privateKey: keys.privateKey, handoverId: id };
}

test("what the runner seals to a browser's key, that browser reads", async () => {
  expect(await openBox(await sealed())).toEqual(set);
});

test("without a dashboard and with a public authority, both are null", async () => {
  const bare = { ...set, horizonUrl: null, caPem: null };
  expect(await openBox(await sealed(bare))).toEqual(bare);
});

test("the key is a raw P-256 point of 87 characters, and its private half cannot be exported", async () => {
  const keys = await makeHandoverKeys();
  expect(keys.publicKey).toMatch(/^[A-Za-z0-9_-]{87}$/);
  expect(keys.privateKey.extractable).toBe(false);
});

test.each([
  [
    "made for another key",
    async () => ({ ...(await sealed()), privateKey: (await makeHandoverKeys()).privateKey }),
  ],
  ["of another hand-over", async () => ({ ...(await sealed()), handoverId: id.replace("0b", "0c") })],
  [
    "with a changed ciphertext",
    async () => {
      const one = await sealed();
      const first = one.box.ciphertext.startsWith("A") ? "B" : "A";
      return { ...one, box: { ...one.box, ciphertext: `${first}${one.box.ciphertext.slice(1)}` } };
    },
  ],
  ["with more in it than the set", () => sealed({ ...set, svcPassword: "x" })],
  ["with less in it than the set", () => sealed({ domainName: "acme" })],
])("a box %s does not open", async (_what, given) => {
  await expect(openBox(await given())).rejects.toThrow();
});
