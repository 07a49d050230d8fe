import { isReservedSlug } from "../tenant/schema.ts";

/** Domains that a cloud keeps for itself, as installers name them. Compared without regard to case. */
const PROTECTED_NAMES = [
  "admin_domain",
  "default",
  "heat",
  "heat_user_domain",
  "magnum",
  "service",
  "service_domain",
  "services",
];

/** Roles that only the cloud's own accounts hold. */
const SERVICE_ROLES = ["service", "heat_stack_user"];

/** What was read of a domain and of whoever is about to remove it. */
export interface DomainFacts {
  domain: { id: string; name: string };
  /** The tenant's name, as it was typed. */
  tenantSlug: string;
  /** Whether its description carries the mark of this tenant's onboarding. */
  isMarked: boolean;
  userIds: readonly string[];
  groupIds: readonly string[];
  projectIds: readonly string[];
  /** Roles held by anybody, groups resolved and implied roles included, and those of groups as they stand. */
  held: readonly { role: string; userId: string | null; groupId: string | null }[];
  trusts: readonly { trustorId: string; trusteeId: string }[];
  /** Whoever reads and removes: the console's own session. */
  console: { userId: string; userDomainId: string; projectId: string | null; domainId: string | null };
}

/** Why a domain of this name may not be removed, or null. */
export function protectedName(name: string): string | null {
  const plain = name.toLowerCase();
  return PROTECTED_NAMES.includes(plain) || isReservedSlug(plain)
    ? `The domain ${name} is one that a cloud keeps for itself. It is never removed from here.`
    : null;
}

/** Why this domain may not be removed, by its name and by what it holds, or null. Asked before every plan and every run. */
export function protectedDomain(facts: DomainFacts): string | null {
  const { domain, console: own } = facts;
  const byName = protectedName(domain.name);
  if (byName !== null) return byName;
  if (domain.id === "default") return "This is the cloud's default domain. It is never removed from here.";
  if (domain.name !== facts.tenantSlug) {
    return `The domain on record is named ${domain.name}, not ${facts.tenantSlug}. What was asked for is not what would be removed.`;
  }
  if (!facts.isMarked) {
    return `The domain ${domain.name} does not carry the mark of this tenant's onboarding, so somebody else may have made it.`;
  }
  const isOwn =
    own.userDomainId === domain.id ||
    own.domainId === domain.id ||
    facts.userIds.includes(own.userId) ||
    (own.projectId !== null && facts.projectIds.includes(own.projectId));
  if (isOwn)
    return `The console itself signs in through the domain ${domain.name}. Removing it would cut the console off.`;
  return heldByDomain(facts) ?? actingForOthers(facts);
}

function heldByDomain({ domain, held, userIds, groupIds }: DomainFacts): string | null {
  const ofDomain = held.filter(
    ({ userId, groupId }) =>
      (userId !== null && userIds.includes(userId)) || (groupId !== null && groupIds.includes(groupId)),
  );
  // Older policies take whoever is admin anywhere for an administrator of the cloud, so the scope does not matter.
  if (ofDomain.some(({ role }) => role.toLowerCase() === "admin")) {
    return `An account of the domain ${domain.name} holds the role admin, so the domain holds an administrator of the cloud.`;
  }
  const service = ofDomain.find(({ role }) => SERVICE_ROLES.includes(role.toLowerCase()));
  return service
    ? `An account of the domain ${domain.name} holds the role ${service.role}: it is a service's domain.`
    : null;
}

function actingForOthers({ domain, trusts, userIds }: DomainFacts): string | null {
  return trusts.some(
    ({ trustorId, trusteeId }) => userIds.includes(trusteeId) && !userIds.includes(trustorId),
  )
    ? `An account of the domain ${domain.name} acts for people of other domains by a trust: it is a service's domain.`
    : null;
}
