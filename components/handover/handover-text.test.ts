import { expect, test } from "vitest";
import { handoverFile } from "./handover-text.ts";

const set = {
  horizonUrl: "https://dashboard.example/",
  domainName: "acme",
  domainAdminName: "acme-domain-admin",
  password: "secret: #1",
  caPem: "-----BEGIN-----\nMIIB\n-----END-----\n",
};

test("the file holds the five parts and nothing else", () => {
  expect(handoverFile(set)).toBe(
    [
      "Dashboard: https://dashboard.example/",
      "Domain: acme",
      "Account: acme-domain-admin",
      "Password: secret: #1",
      "Certificate authority:",
      "",
      "-----BEGIN-----",
      "MIIB",
      "-----END-----",
      "",
    ].join("\n"),
  );
});

test("what a cloud does not have is said", () => {
  const text = handoverFile({ ...set, horizonUrl: null, caPem: null });
  expect(text).toContain("Dashboard: This cloud names none.");
  expect(text).toContain("Certificate authority: A public authority");
});
