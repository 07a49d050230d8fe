import type { Role } from "../person/states.ts";
import type { Action } from "./actions.ts";

const EVERYONE: readonly Role[] = ["operator", "reviewer", "manager", "admin", "auditor"];

/**
 * Which roles may do what. `admin` is not a super-role: administering people gives no right over the cloud, and
 * nobody is exempt from the second person (see separation in decide.ts).
 */
export const ROLE_RULES: Record<Action, readonly Role[]> = {
  "inbox.read": EVERYONE,
  "tenant.read": EVERYONE,
  "tenant.create": ["operator"],
  "runbook.read": EVERYONE,
  "plan.preview": ["operator"],
  "job.read": EVERYONE,
  "job.run_read": ["operator"],
  "job.request": ["operator"],
  "job.withdraw": ["operator"],
  "job.recheck": ["operator", "reviewer"],
  "job.approve": ["reviewer"],
  "job.sign": ["operator", "reviewer"],
  "job.reject": ["reviewer"],
  "job.start": ["operator"],
  "job.cancel": ["operator", "reviewer"],
  "job.resolve": ["operator", "reviewer"],
  "handover.reveal": ["operator"],
  "proposal.read": EVERYONE,
  // Beside this, deciding a proposal takes the right that its kind names.
  "proposal.decide": ["reviewer", "manager", "admin"],
  "proposal.withdraw": ["operator", "reviewer", "manager", "admin"],
  "freeze.set": ["operator", "reviewer", "manager", "admin"],
  "freeze.propose_lift": ["operator", "reviewer", "manager", "admin"],
  "freeze.decide_lift": ["reviewer", "manager", "admin"],
  "person.read": ["admin", "auditor"],
  "person.add": ["admin"],
  "person.set_roles": ["admin"],
  "person.disable": ["admin"],
  "person.enable": ["admin"],
  "session.end": ["admin"],
  "audit.read": ["auditor", "admin"],
  "audit.sign": ["auditor", "admin"],
  "audit.export": ["auditor", "admin"],
  "evidence.export": EVERYONE,
  "live.read": EVERYONE,
};

/** How an action is named in a sentence: "may <words>". */
export const ACTION_WORDS: Record<Action, string> = {
  "inbox.read": "read the inbox",
  "tenant.read": "read tenants",
  "tenant.create": "start onboarding a tenant",
  "runbook.read": "read runbooks",
  "plan.preview": "preview a stage",
  "job.read": "read jobs",
  "job.run_read": "run a read-only stage",
  "job.request": "request a change",
  "job.withdraw": "withdraw a request",
  "job.recheck": "check a request against the cloud again",
  "job.approve": "approve a change",
  "job.sign": "hand in a signature",
  "job.reject": "refuse a change",
  "job.start": "start an approved job",
  "job.cancel": "cancel a job",
  "job.resolve": "settle an unknown outcome",
  "handover.reveal": "reveal the hand-over set",
  "proposal.read": "read proposals",
  "proposal.decide": "decide a proposal",
  "proposal.withdraw": "withdraw a proposal",
  "freeze.set": "freeze all changes",
  "freeze.propose_lift": "ask to let changes run again",
  "freeze.decide_lift": "let changes run again",
  "person.read": "see the people settings",
  "person.add": "add a person",
  "person.set_roles": "change roles",
  "person.disable": "disable a person",
  "person.enable": "enable a person",
  "session.end": "end sessions",
  "audit.read": "read the audit",
  "audit.sign": "have a head of the audit log signed",
  "audit.export": "export the audit log",
  "evidence.export": "take the evidence of jobs and tenants",
  "live.read": "follow live changes",
};
