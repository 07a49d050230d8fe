import type { StagePlan } from "#server/domain/plan/plan.ts";

/** A plan in which every field has a value, so that a test can change any of them. */
export function samplePlan(): StagePlan {
  return {
    format: 1,
    runbook: { slug: "tenant-onboarding", contentHash: "sha256:aa" },
    stage: { key: "1", hash: "sha256:bb" },
    cloud: { id: "6f0c7a52-0000-4000-8000-000000000001", name: "embedded" },
    tenant: { id: "6f0c7a52-0000-4000-8000-000000000002", slug: "acme" },
    effect: "mutate",
    steps: [domainStep(), managerStep()],
    gates: [
      {
        id: "gate-1",
        assertions: [
          {
            that: "saved.domain_id matches hex32",
            says: "The domain exists",
            advice: "Look at the domain list.",
          },
          { that: "saved.manager_id exists", says: "The manager exists", advice: "Run the stage again." },
        ],
      },
    ],
  };
}

function domainStep(): StagePlan["steps"][number] {
  return {
    id: "domain",
    blockId: "onboard-01-domain",
    operation: "identity.domain.ensure",
    operationVersion: 1,
    identity: "operator-admin",
    effect: "mutate",
    disposition: "apply",
    parameters: { name: "acme", tags: ["client"], enabled: true },
    calls: [
      {
        id: "domain.create",
        method: "POST",
        service: "identity",
        path: "/domains",
        body: { domain: { name: "acme", enabled: true } },
        effect: "mutate",
        accept: [201],
        captures: { id: "/domain/id" },
        seals: {},
        headers: { "X-Sample": "1" },
        probe: { path: "/domains?name=acme", list: "/domains", captures: { id: "/id" } },
      },
    ],
    outputs: { id: "{{domain.id}}", name: "acme" },
    generates: [],
    preconditions: [{ says: "No domain is called acme.", observed: { domains: 0 } }],
    save: { domain_id: "id" },
    expect: ["id matches hex32"],
    words: {
      title: "Domain acme",
      says: "Domain acme does not exist: it will be created.",
      reads: [{ service: "identity", path: "/domains?name=acme" }],
      revert: "Disable the domain, then delete it.",
    },
  };
}

function managerStep(): StagePlan["steps"][number] {
  return {
    ...domainStep(),
    id: "manager",
    operation: "identity.user.ensure",
    parameters: { name: "acme-domain-admin", password: "{{secret:manager_password}}" },
    calls: [
      {
        id: "manager.create",
        method: "POST",
        service: "identity",
        path: "/users",
        body: { user: { domain_id: "{{domain.id}}", password: "{{secret:manager_password}}" } },
        effect: "mutate",
        accept: [201],
        captures: { id: "/user/id" },
        seals: { echo: "/user/echo" },
        headers: {},
        probe: null,
      },
    ],
    outputs: { id: "{{manager.id}}" },
    generates: ["manager_password"],
    save: { manager_id: "id" },
  };
}
