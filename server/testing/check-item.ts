import type { RecordContent } from "#server/domain/register/record.ts";

/** What a V item with a CHECK block says. */
export function checkItem(code: string, script: string, hostLabel = "jumphost"): RecordContent {
  return {
    kind: "item",
    item: {
      id: code,
      kind: "V",
      refsText: null,
      title: "Copies are where they should be",
      trigger: null,
      parts: [
        { kind: "block", label: "CHECK", note: "read-only", host: hostLabel, language: "bash", script },
        { kind: "text", label: "RULE ON RESULT", text: "Two copies: pass." },
      ],
    },
  };
}
