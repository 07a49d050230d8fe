import { readFileSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { LineCounter, parseDocument } from "yaml";
import { CONFIG_FILE_BYTES } from "./limits.ts";

export interface CloudSearch {
  /** OS_CLIENT_CONFIG_FILE, when it is set; the file it names must then exist. */
  readonly clientConfigFile?: string | null | undefined;
  readonly workingDir: string;
  readonly homeDir: string;
  /** Default /etc/openstack. */
  readonly siteDir?: string | undefined;
}

/** What is wrong with a clouds.yaml; never a value of it. */
export interface CloudProblem {
  readonly file: string;
  /** Null when the file as a whole is meant. */
  readonly cloud: string | null;
  /** Dotted, as in `auth.password`; null when the cloud or file as a whole is meant. */
  readonly key: string | null;
  readonly says: string;
}

export class CloudConfigError extends Error {
  override readonly name = "CloudConfigError";
  readonly problems: readonly CloudProblem[];

  constructor(problems: readonly CloudProblem[]) {
    super(problems.map(problemInWords).join("\n"));
    this.problems = problems;
  }
}

export type YamlRecord = Readonly<Record<string, unknown>>;

export interface CloudsFile {
  readonly file: string;
  /** The clouds by name, each merged with its part of secure.yaml. */
  readonly clouds: YamlRecord;
}

/**
 * The first clouds.yaml of the search path, with secure.yaml beside it merged over it; null when
 * there is none. Throws CloudConfigError when a file cannot be read as one.
 * https://docs.openstack.org/openstacksdk/latest/user/config/configuration.html
 */
export function findCloudsFile(search: CloudSearch): CloudsFile | null {
  const file = findFile(search);
  if (file === null) return null;
  const main = readClouds(file);
  const secureFile = ["secure.yaml", "secure.yml"].map((name) => join(dirname(file), name)).find(isFile);
  const secure = secureFile === undefined ? {} : readClouds(secureFile);
  return { file, clouds: mergeRecords(main, secure) };
}

export function isRecord(value: unknown): value is YamlRecord {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function problemInWords({ file, cloud, key, says }: CloudProblem): string {
  const where = [file, cloud === null ? null : `cloud ${cloud}`, key].filter((part) => part !== null);
  return `${where.join(", ")}: ${says}`;
}

function findFile(search: CloudSearch): string | null {
  const named = search.clientConfigFile;
  if (named !== undefined && named !== null && named !== "") {
    if (isFile(named)) return named;
    throw fileProblem(
      named,
      "OS_CLIENT_CONFIG_FILE names this file, but it does not exist. Correct or unset it.",
    );
  }
  const dirs = [
    search.workingDir,
    join(search.homeDir, ".config", "openstack"),
    search.siteDir ?? "/etc/openstack",
  ];
  const files = dirs.flatMap((dir) => ["clouds.yaml", "clouds.yml"].map((name) => join(dir, name)));
  return files.find(isFile) ?? null;
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}

function readClouds(file: string): YamlRecord {
  const content = parseYaml(file, readText(file));
  if (content === null || content === undefined) return {};
  if (!isRecord(content)) throw fileProblem(file, 'It must be a mapping with the key "clouds".');
  const clouds = content["clouds"] ?? {};
  if (!isRecord(clouds)) throw fileProblem(file, '"clouds" must be a mapping of cloud names.');
  return clouds;
}

function readText(file: string): string {
  try {
    if (statSync(file).size > CONFIG_FILE_BYTES) {
      throw fileProblem(file, `It is larger than ${CONFIG_FILE_BYTES} bytes and was not read.`);
    }
    return readFileSync(file, "utf8");
  } catch (error) {
    if (error instanceof CloudConfigError) throw error;
    const code = error instanceof Error && "code" in error ? String(error.code) : "unknown error";
    throw fileProblem(file, `It cannot be read (${code}). Check its owner and mode.`);
  }
}

// The parser's own messages quote the line, which may be the one with the password.
function parseYaml(file: string, text: string): unknown {
  const lines = new LineCounter();
  const document = parseDocument(text, { prettyErrors: false, lineCounter: lines, logLevel: "silent" });
  const [first] = document.errors;
  if (first !== undefined) {
    const { line } = lines.linePos(first.pos[0]);
    throw fileProblem(file, `It is not valid YAML at line ${line} (${first.code}).`);
  }
  try {
    return document.toJS({ maxAliasCount: 100 });
  } catch {
    // An alias without its anchor: the message names it, and it may be an unquoted password.
    throw fileProblem(
      file,
      "It uses a YAML alias that is not defined; put quotes around values that begin with *.",
    );
  }
}

function mergeRecords(under: YamlRecord, over: YamlRecord): YamlRecord {
  const keys = [...new Set([...Object.keys(under), ...Object.keys(over)])];
  return Object.fromEntries(keys.map((key) => [key, mergeValues(under[key], over[key])]));
}

function mergeValues(under: unknown, over: unknown): unknown {
  if (isRecord(under) && isRecord(over)) return mergeRecords(under, over);
  return over === undefined ? under : over;
}

function fileProblem(file: string, says: string): CloudConfigError {
  return new CloudConfigError([{ file, cloud: null, key: null, says }]);
}
