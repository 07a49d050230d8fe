import type { Api } from "#server/demo/api-client.ts";

/** A draft of the onboarding runbook that changes one block and the words of a stage. */
export async function seedDraft(api: Api): Promise<string> {
  const { draftId } = await api.runbooks.createDraft.mutate({ slug: "tenant-onboarding" });
  const { source, revision } = await api.runbooks.draft.query({ draftId });
  const changed = source
    .replace("title: What the tenant will lean on", "title: What everything leans on")
    .replace("Before anything is made: is what", "First of all: is what");
  await api.runbooks.saveDraft.mutate({ draftId, revision, source: changed, isRebased: false });
  return draftId;
}

/** A runbook for people: two blocks, a lost redirection, a lost name, and a label that says no identity. */
export const FOREIGN = `# Guest network (DRAFT)

STATUS: DRAFT, NOT yet as-executed.

## Stage 1: Operator makes the project [VALIDATED 2026-05-02]

--- BEGIN block: guest-01-project (RUN -- jumphost, admin) ---
openstack project create "$GUEST" /dev/null 2>&1
export OS_AUTH_URL="https://:5000/v3"
--- END block ---
GATE: the project exists.

## Stage 2: Guest looks [PROCEDURE-PENDING]

**CHECK (read-only) -- jumphost** -- what is there

\`\`\`bash
openstack network list
\`\`\`

Expect: one network.

FINDING (2026-05-02): names are hidden here.

## Open items

1. Run stage 2 once.
`;
