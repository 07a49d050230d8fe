import { expect, test } from "vitest";
import { safeReturnPath } from "./return-path.ts";

test.each([
  ["/jobs?filter=open", "/jobs?filter=open"],
  ["/approvals/1#decide", "/approvals/1#decide"],
  ["/tenants/a/../b", "/tenants/b"],
  [null, "/inbox"],
  [undefined, "/inbox"],
  ["", "/inbox"],
  ["/", "/inbox"],
  ["https://elsewhere.example/jobs", "/inbox"],
  ["//elsewhere.example/jobs", "/inbox"],
  ["/\\elsewhere.example", "/inbox"],
  ["/\t/elsewhere.example", "/inbox"],
  ["/.//elsewhere.example", "/inbox"],
  ["javascript:alert(1)", "/inbox"],
  ["/sign-in?callbackUrl=/sign-in", "/inbox"],
  ["/api/auth/signout", "/inbox"],
])("%j leads to %j", (wanted, path) => {
  expect(safeReturnPath(wanted)).toBe(path);
});
