import { isLoopback, parseAddress } from "./address.ts";
import { parseCloudNames, variables, type VariableName } from "./variables.ts";

/** Variables that are set, empty ones left out. */
export type Given = Readonly<Record<string, string>>;

/** What the variables say together: a sentence for each contradiction, or nothing. */
export type Rule = (given: Given) => readonly string[];

export const requires =
  (name: VariableName, why: string): Rule =>
  (given) =>
    given[name] === undefined ? [`${name} is missing; ${why}`] : [];

export const oidcIsComplete: Rule = (given) => {
  const names = ["OIDC_ISSUER", "OIDC_CLIENT_ID", "OIDC_CLIENT_SECRET"];
  const missing = names.filter((name) => given[name] === undefined);
  if (missing.length === 0 || missing.length === names.length) return [];
  return [`${missing.join(" and ")} must be set as well; sign-in by OIDC needs all of ${names.join(", ")}.`];
};

export const publicNeedsOrigin: Rule = (given) =>
  given["HOST"] === undefined || isLoopback(given["HOST"]) || given["COUNTERSIGN_URL"] !== undefined
    ? []
    : ["COUNTERSIGN_URL is missing; HOST lets other machines in, so say which https:// address people open."];

export const openDecisionsNeedToken: Rule = (given) => {
  const host = given["COUNTERSIGN_DECISION_HOST"];
  return host === undefined || isLoopback(host) || given["COUNTERSIGN_DECISION_TOKEN"] !== undefined
    ? []
    : [
        "COUNTERSIGN_DECISION_TOKEN is missing; COUNTERSIGN_DECISION_HOST lets other machines ask, so say what they present.",
      ];
};

/** A token is for one address and is sent nowhere else. */
export const engineIsComplete: Rule = (given) => {
  const names = ["COUNTERSIGN_SSH_ENGINE_URL", "COUNTERSIGN_SSH_ENGINE_TOKEN"];
  const missing = names.filter((name) => given[name] === undefined);
  if (missing.length !== 1) return [];
  return [`${missing.join("")} must be set as well; an SSH engine takes both its address and a token.`];
};

/** What Node itself would do differently for these two: send tokens to whoever answers, let a stranger look inside. */
export const nodeIsAsShipped: Rule = (given) => {
  const problems: string[] = [];
  if (given["NODE_TLS_REJECT_UNAUTHORIZED"] === "0") {
    problems.push(
      "NODE_TLS_REJECT_UNAUTHORIZED is 0; without verified certificates a credential goes to whoever answers. " +
        "Name the authority by NODE_EXTRA_CA_CERTS, or by cacert in clouds.yaml.",
    );
  }
  if (given["NODE_ENV"] === "production" && /--(?:inspect|debug)/.test(given["NODE_OPTIONS"] ?? "")) {
    problems.push("NODE_OPTIONS opens a debugger, which can read every secret; production runs without one.");
  }
  return problems;
};

export const someCloudIsOffered: Rule = (given) => {
  const isOff = given["COUNTERSIGN_EMBEDDED_CLOUD"] === "off";
  const named = given["COUNTERSIGN_CLOUDS"];
  if (!isOff) return [];
  if (named !== undefined) {
    return parseCloudNames(named).includes("embedded")
      ? ["COUNTERSIGN_CLOUDS offers the cloud embedded, but COUNTERSIGN_EMBEDDED_CLOUD is off."]
      : [];
  }
  return given["OS_CLOUD"] === undefined
    ? ["COUNTERSIGN_EMBEDDED_CLOUD is off and neither OS_CLOUD nor COUNTERSIGN_CLOUDS names another cloud."]
    : [];
};

export const ownDatabaseIsComplete: Rule = (given) => {
  const ownerUrl = given["DATABASE_URL"];
  const appUrl = given["DATABASE_APP_URL"];
  if (ownerUrl === undefined) {
    return appUrl === undefined
      ? []
      : ["DATABASE_APP_URL is set without DATABASE_URL; the tables are made with the owner's address."];
  }
  const problems = [
    ...requires("COUNTERSIGN_SEAL_KEY", "with DATABASE_URL the key must not live on this disk only.")(given),
  ];
  if (given["NODE_ENV"] === "production") {
    problems.push(...requires("AUTH_SECRET", "production with DATABASE_URL needs a lasting one.")(given));
  }
  const owner = parseAddress(ownerUrl)?.username;
  if (appUrl !== undefined && owner !== undefined && owner === parseAddress(appUrl)?.username) {
    problems.push("DATABASE_APP_URL must use another role than DATABASE_URL; the application owns no table.");
  }
  return problems;
};

const SPELLED = new Set<string>(variables.keyof().options);

/** A misspelt variable would otherwise be a setting that silently does nothing. */
export const noUnknownNames: Rule = (given) =>
  Object.keys(given)
    .filter((name) => name.startsWith("COUNTERSIGN_") && !SPELLED.has(name))
    .sort()
    .map((name) => `${name} is not a variable of Countersign; check its spelling.`);
