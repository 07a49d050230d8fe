import type { ListedCommand } from "./command.ts";
import { runCommand } from "./run-command.ts";

/**
 * The `countersign` command. Every command stands in this table, by the words that call it; only the one that is called
 * is loaded.
 */
const COMMANDS: readonly ListedCommand[] = [
  {
    name: "audit verify",
    summary: "verify an export of the audit log, offline",
    load: async () => (await import("./audit-verify.ts")).auditVerify,
  },
  {
    name: "verify",
    summary: "verify an evidence bundle, offline",
    load: async () => (await import("./bundle-verify.ts")).bundleVerify,
  },
  {
    name: "sig verify",
    summary: "verify an SSH signature, with the options of ssh-keygen -Y verify",
    load: async () => (await import("./sig-verify.ts")).sigVerify,
  },
  {
    name: "sign",
    summary: "show the operation of a job and have ssh-keygen sign exactly its bytes",
    load: async () => (await import("./sign.ts")).sign,
  },
  {
    name: "ssh-sign",
    summary: "have a public key certified for an actor; prints the certificate and nothing else",
    load: async () => (await import("./ssh-sign.ts")).sshSign,
  },
  {
    name: "ssh-ca",
    summary: "print the public keys that sign certificates, for TrustedUserCAKeys",
    load: async () => (await import("./ssh-files.ts")).sshCa,
  },
  {
    name: "ssh-krl",
    summary: "write the list of revoked certificates, for RevokedKeys",
    load: async () => (await import("./ssh-files.ts")).sshKrl,
  },
  {
    name: "import",
    summary: "show what is in a register, and take it over into a console",
    load: async () => (await import("./register-import.ts")).registerImport,
  },
  {
    name: "export",
    summary: "write items as a handoff register, or give back a document of a console",
    load: async () => (await import("./register-export.ts")).registerExport,
  },
  {
    name: "lint",
    summary: "check a folder of registers and decisions",
    load: async () => (await import("./register-lint.ts")).registerLint,
  },
  {
    name: "next",
    summary: "print the next free number of a series",
    load: async () => (await import("./register-next.ts")).registerNext,
  },
  {
    name: "runbook check",
    summary: "read a runbook and say what is wrong with it",
    load: async () => (await import("./runbook-check.ts")).runbookCheck,
  },
  {
    name: "runbook table",
    summary: "print what a console has proven of a runbook, alone or in its document",
    load: async () => (await import("./runbook-table.ts")).runbookTable,
  },
  {
    name: "policy lint",
    summary: "read a policy override and say what is wrong with it",
    load: async () => (await import("./policy-lint.ts")).policyLint,
  },
  {
    name: "policy diff",
    summary: "compare a policy override with the policy in force",
    load: async () => (await import("./policy-diff.ts")).policyDiff,
  },
  {
    name: "policy matrix",
    summary: "simulate who may do what, before and after a policy override",
    load: async () => (await import("./policy-matrix.ts")).policyMatrix,
  },
  {
    name: "policy check",
    summary: "ask one question of a policy: JSON in, JSON out",
    load: async () => (await import("./policy-check.ts")).policyCheck,
  },
  {
    name: "guests plan",
    summary: "compare guests of a host as they are wanted with what they are, offline",
    load: async () => (await import("./guests-plan.ts")).guestsPlan,
  },
  {
    name: "guests apply",
    summary: "ask a console for what brings the guests of a host to where they are wanted",
    load: async () => (await import("./guests-apply.ts")).guestsApply,
  },
  {
    name: "guests sign",
    summary: "show what was asked for on a host, and have ssh-keygen sign exactly its bytes",
    load: async () => (await import("./sign.ts")).guestsSign,
  },
  {
    name: "registry load",
    summary: "read a registry snapshot and count what is in it, or name its bad rows",
    load: async () => (await import("./registry-load.ts")).registryLoad,
  },
  {
    name: "registry generate",
    summary: "make a registry snapshot of an inventory of actors",
    load: async () => (await import("./registry-generate.ts")).registryGenerate,
  },
  {
    name: "registry diff",
    summary: "compare two registries or inventories by their actors",
    load: async () => (await import("./registry-diff.ts")).registryDiff,
  },
  {
    name: "registry export",
    summary: "write a registry, or the one of a console, as the snapshot that registry load reads",
    load: async () => (await import("./registry-export.ts")).registryExport,
  },
  {
    name: "check",
    summary: "ask one question of a registry under a policy package: one decision envelope",
    load: async () => (await import("./decision-check.ts")).decisionCheck,
  },
  {
    name: "decide serve",
    summary: "serve decisions over HTTP from a registry and a policy package",
    load: async () => (await import("./decide-serve.ts")).decideServe,
  },
  {
    name: "decide explain",
    summary: "explain a decision of a log by its id",
    load: async () => (await import("./decide-explain.ts")).decideExplain,
  },
  {
    name: "decide replay",
    summary: "ask the question of a logged decision again, and compare",
    load: async () => (await import("./decide-replay.ts")).decideReplay,
  },
];

process.exitCode = await runCommand(COMMANDS, process.argv.slice(2), {
  say: (line) => void process.stdout.write(`${line}\n`),
  complain: (line) => void process.stderr.write(`${line}\n`),
});
