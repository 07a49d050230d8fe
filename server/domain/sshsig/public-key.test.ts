import { describe, expect, it } from "vitest";
import { parsePublicKeyLine } from "./public-key.ts";

const ED25519 =
  "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHuShVzQUzzBWWV6T+wpZ9pTapuE3RnOO0uyzPAS1NQ9 op-ed25519@test-only";

describe("parsePublicKeyLine", () => {
  it("reads type, fingerprint and comment", () => {
    const parsed = parsePublicKeyLine(`${ED25519}\n`);
    expect(parsed).toMatchObject({
      kind: "ok",
      key: {
        type: "ssh-ed25519",
        fingerprint: "SHA256:Hd5w0Wq3yg1n9Sz+K5UMPzki65Kr3yAN7ngshbbqK4Q",
        comment: "op-ed25519@test-only",
      },
    });
  });
});
