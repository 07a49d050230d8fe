import { type NewItem, type NewItemPart, PARTS_OF_KIND } from "#server/domain/item/schema.ts";

export const EMPTY = {
  title: "",
  refs: "",
  body: "",
  fix: "",
  accept: "",
  host: "",
  script: "",
  ruleOnResult: "",
  trigger: "",
  ownerId: "",
  dueOn: "",
};
export type Words = typeof EMPTY;

/** Where each part stands in the form. */
export const FORM: readonly {
  key: keyof Words;
  part: NewItemPart | null;
  label: string;
  hint?: string;
  isLong: boolean;
}[] = [
  { key: "title", part: null, label: "Title", isLong: false },
  { key: "refs", part: "refs", label: "Refs", hint: "Such as D-064, V-2.", isLong: false },
  {
    key: "trigger",
    part: "trigger",
    label: "Comes back",
    hint: "Such as: when R-2 is ruled.",
    isLong: false,
  },
  { key: "body", part: null, label: "What it is about", isLong: true },
  { key: "fix", part: "fix", label: "Fix", isLong: true },
  { key: "host", part: "check", label: "Host of the check", isLong: false },
  { key: "script", part: "check", label: "Check", hint: "A script that only reads.", isLong: true },
  {
    key: "accept",
    part: "accept",
    label: "Accept",
    hint: "One point a line: each is ticked with evidence.",
    isLong: true,
  },
  { key: "ruleOnResult", part: "ruleOnResult", label: "Rule on result", isLong: true },
];

/** What is said of this kind alone; words of a kind that was left again are not sent. */
export function itemOf(kind: NewItem["kind"], words: Words): NewItem {
  const of = (part: NewItemPart, text: string) => (PARTS_OF_KIND[kind].includes(part) ? text : "");
  const script = of("check", words.script);
  return {
    kind,
    title: words.title,
    body: words.body,
    refs: of("refs", words.refs),
    fix: of("fix", words.fix),
    accept: of("accept", words.accept)
      .split("\n")
      .map((point) => point.trim())
      .filter((point) => point !== ""),
    check: script.trim() === "" ? null : { host: words.host, script },
    ruleOnResult: of("ruleOnResult", words.ruleOnResult),
    trigger: of("trigger", words.trigger),
  };
}
