import { readFields, readList, readText, readTextNode, type Fields } from "./fields.ts";
import { CLOUD_KINDS, type CloudKind, type RunbookInput } from "./runbook.ts";
import { readYaml } from "./read-yaml.ts";
import type { Report, YamlNode } from "./yaml.ts";

export interface FrontMatter {
  slug: string;
  title: string;
  cloudKind: CloudKind;
  inputs: RunbookInput[];
  /** As-run values of the tenant that another runbook saved and this one builds on. */
  uses: string[];
}

const INPUT_TYPES = ["slug", "cidr", "count", "text"] as const;
const NO_FRONT_MATTER: FrontMatter = { slug: "", title: "", cloudKind: "openstack", inputs: [], uses: [] };

/** Reads the lines between the `---` lines, which start in line 2 of the document. */
export function readFrontMatter(text: string, report: Report): FrontMatter {
  const node = readYaml(text, 2, report);
  if (!node) return NO_FRONT_MATTER;
  const shape = {
    what: "The front matter",
    required: ["slug", "title", "cloud"],
    optional: ["inputs", "uses"],
  };
  const fields = readFields(node, shape, report);
  const slug = readText(fields, "slug", report);
  if (slug && !/^[a-z][a-z0-9-]{0,59}$/.test(slug.text)) {
    report(slug.at, "A runbook's slug is a lower-case letter, then letters, digits or hyphens.");
  }
  const cloud = readText(fields, "cloud", report);
  const cloudKind = CLOUD_KINDS.find((kind) => kind === cloud?.text);
  if (cloud && !cloudKind) report(cloud.at, `The kind of cloud is ${CLOUD_KINDS.join(" or ")}.`);
  const names = new Set<string>();
  const inputs = readList(fields, "inputs", report).map((item) => readInput(item, names, report));
  return {
    slug: slug?.text ?? "",
    title: readText(fields, "title", report)?.text ?? "",
    cloudKind: cloudKind ?? "openstack",
    inputs,
    uses: readUses(fields, report),
  };
}

function readUses(fields: Fields, report: Report): string[] {
  return readList(fields, "uses", report).flatMap((item) => {
    const name = readTextNode(item, "A used value", report);
    if (!name) return [];
    if (!/^[a-z][a-z0-9_]{0,59}$/.test(name.text)) {
      report(name.at, "A saved value is named by a lower-case letter, then letters, digits or underscores.");
    }
    return [name.text];
  });
}

function readInput(node: YamlNode, names: Set<string>, report: Report): RunbookInput {
  const shape = { what: "An input", required: ["name", "type", "title"], optional: ["hint", "default"] };
  const fields = readFields(node, shape, report);
  const name = readText(fields, "name", report);
  if (name && !/^[a-z][A-Za-z0-9_]{0,59}$/.test(name.text)) {
    report(name.at, "An input is named by a lower-case letter, then letters, digits or underscores.");
  }
  if (name && names.has(name.text)) report(name.at, `The input "${name.text}" is declared twice.`);
  if (name) names.add(name.text);
  const typeText = readText(fields, "type", report);
  const type = INPUT_TYPES.find((candidate) => candidate === typeText?.text);
  if (typeText && !type) report(typeText.at, `The type of an input is ${INPUT_TYPES.join(", ")}.`);
  return {
    name: name?.text ?? "",
    type: type ?? "text",
    title: readText(fields, "title", report)?.text ?? "",
    hint: readText(fields, "hint", report)?.text ?? "",
    default: readDefault(fields, type ?? "text", report),
  };
}

function readDefault(fields: Fields, type: RunbookInput["type"], report: Report): string | number | null {
  const node = fields.get("default")?.value;
  if (!node) return null;
  const value = node.kind === "scalar" ? node.value : undefined;
  if (value === null) return null;
  if (type === "count" && typeof value === "number" && Number.isInteger(value) && value >= 0) return value;
  if (type !== "count" && typeof value === "string") return value;
  report(node.at, type === "count" ? "The default is a whole number from 0." : "The default is a text.");
  return null;
}
