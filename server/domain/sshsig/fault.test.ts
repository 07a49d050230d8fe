import { describe, expect, it } from "vitest";
import { demand, faultOf, SIGNATURE_FAULTS, SignatureFault } from "./fault.ts";

describe("faultOf", () => {
  it("answers a fault as a value, and passes every other error on", () => {
    expect(faultOf(() => 1)).toEqual({ kind: "ok", value: 1 });
    const fault = new SignatureFault("KEY_TYPE", "ssh-dss");
    expect(
      faultOf(() => {
        throw fault;
      }),
    ).toEqual({ kind: "fault", fault });
    expect(() =>
      faultOf(() => {
        throw new Error("of ours");
      }),
    ).toThrow("of ours");
  });
});

describe("SignatureFault", () => {
  it("carries the error of its code and a sentence", () => {
    const fault = new SignatureFault("HASH_ALG");
    expect(fault).toMatchObject({
      name: "SignatureFault",
      error: "ErrMalformed",
      code: "HASH_ALG",
      detail: "",
    });
    expect(fault.says).toContain("sha256 or sha512");
    expect(fault.message).toBe(fault.says);
  });

  it.each(Object.entries(SIGNATURE_FAULTS))(
    "%s says what happened, what was not done, what to do",
    (_code, fault) => {
      const [error, says] = fault;
      expect(error).toMatch(/^Err(Malformed|Namespace|UnknownSigner|BadSignature)$/);
      expect(says).toMatch(/^[A-Z].{20,}\. Nothing was accepted\. [A-Z].{20,}\.$/);
    },
  );

  it("says more where more is known", () => {
    const fault = new SignatureFault("ALLOWLIST_LINE", "a detail", "Line 3 is bad.");
    expect(fault).toMatchObject({ says: "Line 3 is bad.", message: "Line 3 is bad.", detail: "a detail" });
  });
});

describe("demand", () => {
  it("throws unless the condition holds", () => {
    expect(() => demand(true, "KEY_TYPE")).not.toThrow();
    expect(() => demand(false, "KEY_TYPE", "x")).toThrow(SignatureFault);
  });
});
