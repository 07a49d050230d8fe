import { describe, expect, it } from "vitest";
import { readSignatureVectors } from "#server/testing/signature-vectors.ts";
import { parseAbsoluteTime } from "./absolute-time.ts";
import { verifyByList } from "./verify-by-list.ts";

const { vectors } = readSignatureVectors();

describe("the vectors", () => {
  it.each(vectors)("$id", ({ ours, policy, verifyTime, ...given }) => {
    const now = parseAbsoluteTime(verifyTime) ?? expect.fail("a time");
    const verdict = verifyByList({ ...given, now, policy });
    if (ours.result === "reject") {
      const { error, code } = ours;
      expect(verdict).toMatchObject({ kind: "refused", fault: { error, code } });
      return;
    }
    expect(verdict).toMatchObject({
      kind: "good",
      hash: ours.hash,
      key: { type: ours.keyType, fingerprint: ours.fingerprint },
      presence: ours.skFlags === undefined ? null : { flags: ours.skFlags, counter: ours.skCounter },
    });
  });
});
