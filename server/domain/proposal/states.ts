/**
 * Changes of the console itself that take two people. A kind is a noun and a verb; its content and what it does stand
 * in services, one handler per kind.
 */
export const PROPOSAL_KINDS = [
  "access.package",
  "access.provider",
  "access.registry",
  "freeze.lift",
  "item.rule",
  "item.ungate",
  "host.set",
  "passkey.forget",
  "rules.change",
  "runbook.publish",
  "signer.enrol",
  "signer.revoke",
  "signer.rotate",
  "ssh_authority.backend",
  "ssh_authority.rotate",
  "standing.grant",
  "standing.withdraw",
] as const;
export type ProposalKind = (typeof PROPOSAL_KINDS)[number];

/**
 * awaiting - another person --> applied | rejected;  whoever asked --> withdrawn;  time --> expired.
 * What is applied was applied in the transaction that says so.
 */
export const PROPOSAL_STATES = ["awaiting", "applied", "rejected", "withdrawn", "expired"] as const;
export type ProposalState = (typeof PROPOSAL_STATES)[number];
