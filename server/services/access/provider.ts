import type * as z from "zod";
import type { Db, Tx } from "#db/client.ts";
import { accessProvider } from "#db/schema/access.ts";
import { proposeProviderSchema, providerChangeSchema } from "#server/domain/access-policy/schema.ts";
import { DomainError } from "#server/domain/error/domain-error.ts";
import { proposalKind } from "../proposal/handler.ts";
import { proposeVerb } from "../proposal/propose.ts";
import { findProvider, lockAccess } from "./rows.ts";
import { smokeAhead, smokedNow, type Smokes } from "./smokes.ts";

/**
 * Puts an external service in the place of the console's own decisions, or back. It is tried out from here when it is
 * asked for and again when it is agreed to: health, one allow, one deny.
 */
export const accessProviderKind = proposalKind({
  kind: "access.provider",
  actions: { propose: "access.propose", decide: "access.decide" },
  content: providerChangeSchema,
  ahead: async (db, content) => {
    if (content.kind === "external") await smokeAhead(db, toSmoke(content));
  },
  describe: async (tx, content) => {
    const { before } = await nextProvider(tx, content);
    return {
      title:
        content.kind === "external"
          ? `Let ${originOf(content)} decide about access`
          : "Let the console decide about access",
      says:
        content.kind === "external"
          ? `While it does not answer, nothing is allowed: no certificate is signed${content.jobs ? ", and no job starts" : ""}.`
          : "The registry and the policy package of the console decide.",
      before: [`${whoDecides(before)} decides.`],
      after: [
        `${content.kind === "external" ? originOf(content) : "The console"} decides.`,
        ...(content.kind === "external"
          ? [
              "It answers that it is well.",
              "It allows what the registry allows.",
              "It denies 999 hours.",
              ...(content.jobs
                ? ["It is asked before each job starts as well; the console itself has to allow it besides."]
                : []),
            ]
          : []),
      ],
    };
  },
  apply: async (tx, content, { proposalId, at }) => {
    await lockAccess(tx);
    const { before, smokes } = await nextProvider(tx, content);
    const number = (before?.number ?? 0) + 1;
    const external =
      content.kind === "external"
        ? { origin: originOf(content), asksJobs: content.jobs, smokes: { ...smokes } }
        : {};
    await tx.insert(accessProvider).values({ number, kind: content.kind, ...external, proposalId, at });
    return { number, kind: content.kind, ...external };
  },
});

/** Asks for another one to decide. */
export const proposeProvider = proposeVerb(accessProviderKind, proposeProviderSchema);

type Content = z.output<typeof providerChangeSchema>;

type External = Extract<Content, { kind: "external" }>;

const toSmoke = (content: External) => ({ origin: originOf(content), jobs: content.jobs });
const originOf = (content: External) => new URL(content.origin).origin;

function whoDecides(before: Awaited<ReturnType<typeof findProvider>>): string {
  return before?.kind === "external" ? (before.origin ?? "") : "The console";
}

async function nextProvider(
  tx: Db | Tx,
  content: Content,
): Promise<{ before: Awaited<ReturnType<typeof findProvider>>; smokes: Smokes | null }> {
  const before = await findProvider(tx);
  if ((before?.number ?? 0) !== content.base) {
    throw new DomainError(
      "conflict",
      "Who decides has changed since. Nothing was changed; look at it again.",
      {
        reason: "provider_changed",
      },
    );
  }
  if (content.kind === "built_in" && before?.kind !== "external") {
    throw new DomainError("conflict", "The console decides already. Nothing was changed.", {
      reason: "already_so",
    });
  }
  if (content.kind === "built_in") return { before, smokes: null };
  const smokes = smokedNow(toSmoke(content));
  if (smokes.kind === "failed") {
    throw new DomainError("conflict", `${smokes.says} It was not put in place.`, {
      reason: smokes.reason,
      field: "content.origin",
    });
  }
  return { before, smokes: smokes.smokes };
}
