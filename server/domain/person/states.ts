/** Roles a person can hold. What each may do stands in domain/policy/rules.ts and nowhere else. */
export const ROLES = ["operator", "reviewer", "manager", "admin", "auditor"] as const;
export type Role = (typeof ROLES)[number];

export const ROLE_WORDS: Record<Role, string> = {
  operator: "Operator",
  reviewer: "Reviewer",
  manager: "Manager",
  admin: "Admin",
  auditor: "Auditor",
};
