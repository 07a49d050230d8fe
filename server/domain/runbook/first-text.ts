/** What a new runbook starts from: the smallest text that can be read, which only looks. */
export function firstText(slug: string): string {
  return `---
slug: ${slug}
title: ${slug}
cloud: openstack
---

# ${slug}

What this runbook is for, and who runs it.

## Stage 0: Look first

What has to be there before anything is made.

\`\`\`yaml block
id: ${slug}-00-look
as: operator-admin
title: What is there
steps:
  - id: roles
    op: identity.roles.resolve
    title: The roles
    save: { role_member_id: member_id }
    expect: [ "member_id exists" ]
\`\`\`

\`\`\`yaml gate
id: ${slug}-gate-0
assert:
  - that: saved.role_member_id exists
    says: The role member is there
    advice: Make the role, then run this stage again.
\`\`\`
`;
}
