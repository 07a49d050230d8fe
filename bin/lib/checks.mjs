import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { inRoot, root } from "./paths.mjs";
import { run, toolPath } from "./run.mjs";

/** Each check answers nothing, or throws with the words of what it found. */

const FOLDERS = ["app", "components", "db", "server", "e2e", "bench"];

const tool = (node, script) => [node, inRoot("node_modules", script)];

function knownToGit() {
  const args = ["ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", ...FOLDERS];
  const listed = execFileSync("git", args, { cwd: root, encoding: "utf8" }).split("\0");
  return [...new Set(listed)].filter((file) => /(?<!\.d)\.tsx?$/.test(file) && existsSync(inRoot(file)));
}

/** What of the domain reaches a browser, as in .dependency-cruiser.cjs. */
const ISOMORPHIC = /^server\/domain\/[^/]+\/(schema|states|limits)\.ts$/;

/** Node's modules that such a file would drag into a browser; the cruiser's own reach counts types as well. */
function unfitForBrowser(modules) {
  const bySource = new Map(modules.map((module) => [module.source, module]));
  const isValue = ({ dependencyTypes }) => !dependencyTypes.includes("type-only");
  const found = [];
  const walk = (path) => {
    for (const dependency of bySource.get(path.at(-1))?.dependencies.filter(isValue) ?? []) {
      if (dependency.coreModule)
        found.push(`schemas-fit-a-browser: ${[...path, dependency.resolved].join(" -> ")}`);
      else if (!path.includes(dependency.resolved)) walk([...path, dependency.resolved]);
    }
  };
  for (const source of bySource.keys()) if (ISOMORPHIC.test(source)) walk([source]);
  return found;
}

/**
 * Boundaries, and a guard against silence: with a TypeScript it does not know, the cruiser sees no module
 * and reports success (measured with TypeScript 7.0 and dependency-cruiser 17.4).
 */
async function boundaries(node) {
  const folders = FOLDERS.filter(
    (folder) => existsSync(inRoot(folder)) && readdirSync(inRoot(folder)).length > 0,
  );
  const command = [...tool(node, "dependency-cruiser/bin/dependency-cruise.mjs"), ...folders];
  const output = await run([
    ...command,
    "--config",
    ".dependency-cruiser.cjs",
    "--output-type",
    "json",
  ]).catch((error) => {
    // It ends with the number of violations; its report is still on stdout.
    if (typeof error.output === "string" && error.output.startsWith("{")) return error.output;
    throw error;
  });
  const { modules, summary } = JSON.parse(output);
  const seen = new Set(modules.map((module) => module.source));
  const missed = knownToGit().filter((file) => !seen.has(file));
  const found = summary.violations
    .filter(({ rule }) => rule.severity === "error")
    .map(({ rule, from, to }) => `${rule.name}: ${from} -> ${to}`);
  found.push(...unfitForBrowser(modules));
  if (missed.length > 0)
    found.push(`The cruiser did not see ${missed.length} modules, such as ${missed[0]}.`);
  if (found.length > 0) throw new Error(found.join("\n"));
}

/** Folders, files and commands that README.md names have to exist: it is the map people go by. */
async function readme() {
  if (!existsSync(inRoot("README.md"))) throw new Error("README.md is missing.");
  const text = readFileSync(inRoot("README.md"), "utf8");
  const { scripts } = JSON.parse(readFileSync(inRoot("package.json"), "utf8"));
  const topLevel = readdirSync(root).filter((name) => name !== "node_modules");
  const code = [...text.matchAll(/`([^`\n]+)`/g)].map((match) => match[1]);
  const links = [...text.matchAll(/\]\((?!https?:|#|mailto:)([^)\s#]+)/g)].map((match) => match[1]);
  const isPath = (word) =>
    /^[\w.@()[\]-]+(\/[\w.@()[\]-]*)*$/.test(word) &&
    (topLevel.includes(word.split("/")[0]) || /\.(tsx?|mjs|cjs|md|json)$/.test(word));
  const missing = [...links, ...code.filter(isPath)].filter((path) => !existsSync(inRoot(path)));
  const commands = [...text.matchAll(/npm run ([\w:-]+)/g)].map((match) => match[1]);
  const unknown = commands.filter((name) => !(name in scripts)).map((name) => `npm run ${name}`);
  const wrong = [...new Set([...missing, ...unknown])];
  if (wrong.length > 0) throw new Error(`README.md names what does not exist: ${wrong.join(", ")}`);
}

export const CHECKS = [
  [
    "format",
    (node) => run([...tool(node, "prettier/bin/prettier.cjs"), "--check", "--log-level", "warn", "."]),
  ],
  [
    "lint",
    // Finds its type-aware part in PATH.
    (node) =>
      run([...tool(node, "oxlint/bin/oxlint"), "-c", ".oxlintrc.json", "--deny-warnings"], {
        env: { PATH: toolPath(node) },
      }),
  ],
  ["types", (node) => run([...tool(node, "typescript/bin/tsc"), "--noEmit", "-p", "."])],
  ["boundaries", boundaries],
  ["dead code", (node) => run([...tool(node, "knip/bin/knip.js"), "--no-progress"])],
  ["README paths", readme],
];
