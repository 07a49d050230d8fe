/** Which folder may import which: 12 planted violations were caught by these rules, a clean tree passes. */
const TEST = "\\.test\\.tsx?$|^server/testing/|^e2e/|^bench/";
const OURS = "^(app|components|server|db|e2e|bench)/";
/** The only loose files of server/. */
const KIT = "^server/(env|clock|log)\\.ts$";
/** What of the domain reaches a browser: values to choose from, their words, input shapes, bounds, how a proof is folded. */
const ISOMORPHIC = "^server/domain/([^/]+/(schema|states|limits|choices|words)|audit/path)\\.ts$";

const only = (name, from, allowed) => ({
  name,
  severity: "error",
  from: { path: from, pathNot: TEST },
  to: { path: OURS, pathNot: [allowed, KIT] },
});

module.exports = {
  forbidden: [
    { name: "no-cycles", severity: "error", from: {}, to: { circular: true } },
    {
      name: "no-unresolved",
      comment: "server-only exists inside Next's own resolver.",
      severity: "error",
      from: {},
      to: { couldNotResolve: true, pathNot: "^server-only$" },
    },
    { name: "no-barrels", severity: "error", from: {}, to: { path: `${OURS}.*/index\\.tsx?$` } },
    {
      name: "nobody-imports-app",
      severity: "error",
      from: { path: OURS, pathNot: "^app/" },
      to: { path: "^app/" },
    },
    {
      name: "tests-only-from-tests",
      severity: "error",
      from: { path: OURS, pathNot: TEST },
      to: { path: TEST },
    },
    {
      name: "domain-is-pure",
      severity: "error",
      from: { path: "^server/domain/", pathNot: TEST },
      to: { path: OURS, pathNot: "^server/domain/" },
    },
    {
      name: "domain-no-node",
      severity: "error",
      from: { path: "^server/domain/", pathNot: TEST },
      to: { dependencyTypes: ["core"], pathNot: "^(node:)?crypto$" },
    },
    {
      name: "domain-npm-allowlist",
      comment: "zod everywhere, yaml in the readers of runbooks, policies and inventories only.",
      severity: "error",
      from: {
        path: "^server/domain/",
        pathNot: `${TEST}|^server/domain/(runbook|identity-policy|actor|access-policy)/`,
      },
      to: { path: "node_modules", pathNot: "node_modules/zod/" },
    },
    {
      name: "runbook-npm-allowlist",
      severity: "error",
      from: { path: "^server/domain/(runbook|identity-policy|actor|access-policy)/", pathNot: TEST },
      to: { path: "node_modules", pathNot: "node_modules/(zod|yaml)/" },
    },
    {
      name: "kit-sees-settings-only",
      severity: "error",
      from: { path: KIT },
      to: { path: OURS, pathNot: ["^server/domain/settings/", KIT] },
    },
    only("db", "^db/", "^(db/|server/domain/)"),
    only("services", "^server/services/", "^(server/(services|domain)/|db/)"),
    // The client is the pool that api and cli open and hand on; tables and queries stay behind the verbs.
    only("api", "^server/api/", "^server/(api|services|domain|auth)/|^db/client\\.ts$"),
    only("auth", "^server/auth/", "^(server/(auth|domain|services/person)/|server/api/connection\\.ts$|db/)"),
    only("decider", "^server/decider/", "^(server/(decider|services|domain)/|db/)"),
    only("runner", "^server/runner/", "^(server/(runner|operations|openstack|proxmox|services|domain)/|db/)"),
    only("operations", "^server/operations/", "^server/(operations|openstack|proxmox|shell|domain)/"),
    only("openstack", "^server/openstack/", "^server/openstack/"),
    only("proxmox", "^server/proxmox/", "^server/(proxmox|openstack)/"),
    only("shell", "^server/shell/", "^server/(shell|domain)/"),
    only("sandbox", "^server/sandbox/", "^server/(sandbox/|openstack/wire/|domain/oslo/)"),
    only(
      "supervisor",
      "^server/supervisor/",
      "^(server/(supervisor|domain)/|server/services/(person|register|access)/seed\\.ts$|db/)",
    ),
    only("cli", "^server/cli/", "^server/(cli|services|domain|auth)/|^db/client\\.ts$"),
    {
      name: "only-the-runner-changes-a-cloud",
      comment:
        "Web, services and the command enqueue; operations and clients are loaded by the runner alone.",
      severity: "error",
      from: { path: "^(app|components|server/(api|auth|services|cli|supervisor|decider))/", pathNot: TEST },
      to: { path: "^server/(openstack|proxmox|shell|operations|runner)/", reachable: true },
    },
    // A client of the public API like any other: it knows the router by type only.
    only("demo", "^server/demo/", "^server/(demo/|api/|domain/|supervisor/people-file\\.ts$)"),
    only("ui-primitives", "^components/ui/", "^components/ui/"),
    only("app", "^app/", `^(app/|components/|server/(api|auth)/)|${ISOMORPHIC}`),
    {
      name: "browser-sees-only-schemas",
      severity: "error",
      from: { path: "^components/", pathNot: TEST },
      to: { path: "^(server|db)/", pathNot: ISOMORPHIC, dependencyTypesNot: ["type-only"] },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    exclude: { path: "^(\\.next|dist)/" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    enhancedResolveOptions: {
      conditionNames: ["import", "node", "default", "types"],
      exportsFields: ["exports"],
    },
  },
};
