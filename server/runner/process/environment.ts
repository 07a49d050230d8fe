/** Set for every process: nothing of the runner's own environment is inherited. */
const FIXED = {
  PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
  LANG: "C.UTF-8",
  TZ: "UTC",
  TERM: "dumb",
  // Nobody sits in front of it: pagers print, and whoever would ask fails.
  PAGER: "cat",
  GIT_TERMINAL_PROMPT: "0",
} as const;

/**
 * Names that a block may set: what OpenStack clients, Kubernetes clients and TLS libraries read, and names of its own.
 * Everything else could change what the shell or its programs run (LD_PRELOAD, BASH_ENV, NODE_OPTIONS, PATH).
 */
const ALLOWED =
  /^(?:OS_[A-Z0-9_]{1,60}|BLOCK_[A-Z0-9_]{1,60}|KUBECONFIG|SSL_CERT_FILE|REQUESTS_CA_BUNDLE|CURL_CA_BUNDLE)$/;

/** Where a process finds the folder with its secrets, one file per name. */
const SECRETS_VARIABLE = "COUNTERSIGN_SECRETS";
/** Marks a process and its children with the run that started them. */
export const RUN_VARIABLE = "COUNTERSIGN_RUN";

/** The names among `given` that no process may have; empty when all may. */
export function refusedNames(given: Readonly<Record<string, string>>): string[] {
  return Object.entries(given).flatMap(([name, value]) =>
    ALLOWED.test(name) && !value.includes("\0") ? [] : [name],
  );
}

/** The whole environment of a process: fixed values, the run's own, and what the block sets. */
export function processEnvironment(of: {
  runId: string;
  home: string;
  secretsFolder: string;
  given: Readonly<Record<string, string>>;
}) {
  return {
    ...of.given,
    ...FIXED,
    // Node's types ask for it; the guard takes it away again.
    NODE_ENV: "production" as const,
    HOME: of.home,
    TMPDIR: of.home,
    [SECRETS_VARIABLE]: of.secretsFolder,
    [RUN_VARIABLE]: of.runId,
  };
}
