import { asc, desc, eq } from "drizzle-orm";
import * as z from "zod";
import { cloud } from "#db/schema/cloud.ts";
import { person } from "#db/schema/person.ts";
import { proposal } from "#db/schema/proposal.ts";
import { approvalRuleSet } from "#db/schema/rule.ts";
import { tenant } from "#db/schema/tenant.ts";
import { ROLE_RULES } from "#server/domain/policy/rules.ts";
import { DEFAULT_SIGNING, type SigningRoles } from "#server/domain/policy/signing.ts";
import { changeRulesSchema } from "#server/domain/rule/schema.ts";
import { describeRules } from "#server/domain/rule/sentences.ts";
import { may } from "../may.ts";
import { PEOPLE_LIMIT } from "../person/limits.ts";
import { query } from "../verb.ts";
import { rulesChange } from "./change.ts";
import { findRules } from "./current.ts";
import { nameOfMap, namesIn } from "./names.ts";

const HISTORY_LIMIT = 20;

/** The rules in force, as data and as sentences, with who made each version. */
export const readRules = query({
  action: "rules.read",
  input: z.strictObject({}),
  run: async (ctx) => {
    const inForce = await findRules(ctx.db);
    const history = await ctx.db
      .select({
        version: approvalRuleSet.version,
        at: approvalRuleSet.at,
        proposalId: approvalRuleSet.proposalId,
        askedBy: person.name,
      })
      .from(approvalRuleSet)
      .leftJoin(proposal, eq(proposal.id, approvalRuleSet.proposalId))
      .leftJoin(person, eq(person.id, proposal.requestedBy))
      .orderBy(desc(approvalRuleSet.version))
      .limit(HISTORY_LIMIT);
    return {
      version: inForce?.version ?? 0,
      set: inForce?.set ?? null,
      signing: copyOf(inForce?.set.signing ?? DEFAULT_SIGNING),
      sentences:
        inForce === null ? [] : describeRules(inForce.set, nameOfMap(await namesIn(ctx.db, inForce.set))),
      /** Roles that may have certificates signed at all: a rule chooses among them. */
      signers: [...ROLE_RULES["certificate.sign"]],
      history,
      may: { propose: may(ctx, "rules.propose") },
    };
  },
});

const copyOf = ({ adm, agt, atm }: SigningRoles) => ({ adm: [...adm], agt: [...agt], atm: [...atm] });

/** What may be chosen in a rule: people, clouds and tenants by name. */
export const readRuleChoices = query({
  action: "rules.propose",
  input: z.strictObject({}),
  run: async (ctx) => {
    const [people, clouds, tenants] = await Promise.all([
      ctx.db
        .select({ id: person.id, name: person.name })
        .from(person)
        .orderBy(asc(person.name))
        .limit(PEOPLE_LIMIT),
      ctx.db.select({ id: cloud.id, name: cloud.name }).from(cloud).orderBy(asc(cloud.name)),
      ctx.db
        .select({ id: tenant.id, name: tenant.slug })
        .from(tenant)
        .orderBy(asc(tenant.slug))
        .limit(PEOPLE_LIMIT),
    ]);
    return { people, clouds, tenants };
  },
});

/** What rules would change, before anybody asks for them: before, after, and the last 30 days under them. */
export const previewRules = query({
  action: "rules.propose",
  input: changeRulesSchema,
  run: async (ctx, content) => {
    const open = rulesChange.open(content);
    const [rendering, replay] = await Promise.all([
      open.describe(ctx.db),
      open.consider(ctx.db, ctx.clock()),
    ]);
    return { before: rendering.before, after: rendering.after, replay };
  },
});
