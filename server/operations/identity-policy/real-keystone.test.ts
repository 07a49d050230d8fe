import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import * as z from "zod";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { effectivePolicy, judgePolicy } from "#server/domain/identity-policy/cloud-policy.ts";
import { STANDARD_SET } from "#server/domain/identity-policy/matrix-set.ts";
import {
  judgeProbe,
  listCreateProbes,
  listGrantProbes,
  listReadProbes,
  predictProbe,
  type Probe,
  type ProbeGround,
} from "#server/domain/identity-policy/probe.ts";
import { getCloud } from "#server/openstack/clouds.ts";
import type { CloudSession } from "#server/openstack/session.ts";
import { readTrustAnchor } from "#server/openstack/trust-anchor.ts";
import { openCloud } from "#server/proxmox/open-cloud.ts";
import { wait } from "#server/runner/wait.ts";

/**
 * The simulation beside a real Keystone, question by question, as an operator, a domain's manager and a domain's
 * administrator. Runs where OS_CLOUD names a cloud and KEYSTONE_POLICY its policy file, with KEYSTONE_OVERRIDE over it
 * (none: no override is in force), KEYSTONE_RELEASE, and in KEYSTONE_FAILS the cases that are known to fail, with ; between them.
 */
const {
  OS_CLOUD,
  OS_CLIENT_CONFIG_FILE,
  KEYSTONE_POLICY,
  KEYSTONE_OVERRIDE,
  KEYSTONE_RELEASE,
  KEYSTONE_FAILS,
} = process.env;
const isAsked = OS_CLOUD !== undefined && KEYSTONE_POLICY !== undefined;
const name = `g3-${randomBytes(4).toString("hex")}`;
const password = randomBytes(18).toString("base64url");
const made = z.record(z.string(), z.looseObject({ id: z.string() }));
const listed = z.record(z.string(), z.unknown());
const rows = z.array(z.looseObject({ id: z.string(), name: z.string() }));

let admin: CloudSession;
let manager: CloudSession;
let domainAdmin: CloudSession;
let ground: ProbeGround;
const domains: string[] = [];

const cloud = () =>
  getCloud({ clientConfigFile: OS_CLIENT_CONFIG_FILE ?? "", workingDir: "/", homeDir: "/" }, OS_CLOUD ?? "");

async function signIn(credentials: Parameters<typeof openCloud>[0]["credentials"]) {
  const config = cloud();
  const anchor = readTrustAnchor(config.cacertPath, new Date());
  return openCloud({ cloud: config, anchor, credentials, now: () => new Date(), wait });
}

async function make(kind: string, body: Record<string, string>): Promise<string> {
  const answer = await admin.call({
    service: "identity",
    method: "POST",
    path: `/${kind}s`,
    body: { [kind]: body },
    accept: [201],
  });
  return made.parse(answer.body)[kind]?.id ?? "";
}

const grant = (path: string) => admin.call({ service: "identity", method: "PUT", path, accept: [204] });

async function makePlace(domainName: string) {
  const domain_id = await make("domain", { name: domainName });
  domains.push(domain_id);
  const project_id = await make("project", { name: `${domainName}-prod`, domain_id });
  const user_id = await make("user", { name: `${domainName}-svc`, domain_id });
  return { domain_id, project_id, user_id };
}

async function account(role: string, domain_id: string): Promise<CloudSession> {
  const id = await make("user", { name: `${name}-${role}`, domain_id, password });
  await grant(`/domains/${domain_id}/users/${id}/roles/${await roleId(role)}`);
  return signIn({ kind: "password", user: { id }, password, scope: { domain: { id: domain_id } } });
}

async function roleId(wanted: string): Promise<string> {
  const { body } = await admin.call({ service: "identity", method: "GET", path: "/roles", accept: [200] });
  return rows.parse(listed.parse(body)["roles"]).find((role) => role.name === wanted)?.id ?? "";
}

beforeAll(async () => {
  if (!isAsked) return;
  admin = await signIn(cloud().credentials);
  const own = await makePlace(name);
  const other = await makePlace(`${name}-other`);
  const roles = {
    member: await roleId("member"),
    "load-balancer_member": await roleId("load-balancer_member"),
    manager: await roleId("manager"),
    admin: await roleId("admin"),
  };
  for (const role of [roles.member, roles["load-balancer_member"]])
    await grant(`/projects/${own.project_id}/users/${own.user_id}/roles/${role}`);
  ground = { own, other, roles };
  manager = await account("manager", own.domain_id);
  domainAdmin = await account("admin", own.domain_id);
}, 60_000);

afterAll(async () => {
  for (const id of domains) {
    const path = `/domains/${id}`;
    const body = { domain: { enabled: false } };
    await admin.call({ service: "identity", method: "PATCH", path, body });
    await admin.call({ service: "identity", method: "DELETE", path });
  }
  for (const session of [admin, manager, domainAdmin]) await session?.close();
});

describe.skipIf(!isAsked)("a real Keystone", () => {
  it("answers every question as it was simulated, and fails no case but the ones that are known", async () => {
    const read = judgePolicy({
      source:
        KEYSTONE_OVERRIDE === undefined || KEYSTONE_OVERRIDE === ""
          ? ""
          : readFileSync(KEYSTONE_OVERRIDE, "utf8"),
      live: readFileSync(KEYSTONE_POLICY ?? "", "utf8"),
      release: KEYSTONE_RELEASE ?? "22.0.2-0+deb12u6",
    });
    if (read.kind === "bad") throw new Error(`${read.field}: ${read.says}`);
    const { release } = read.policy;
    const policy = effectivePolicy(read.policy, true);
    const results: ReturnType<typeof judgeProbe>[] = [];
    const asked: [string, CloudSession, Probe[]][] = [
      ["cloud-admin", admin, [...listReadProbes(ground), ...listCreateProbes(ground)]],
      [
        "domain-manager",
        manager,
        [...listReadProbes(ground), ...listCreateProbes(ground), ...listGrantProbes(ground)],
      ],
      ["domain-admin", domainAdmin, [...listReadProbes(ground), ...listCreateProbes(ground)]],
    ];
    for (const [persona, session, probes] of asked) {
      for (const probe of probes) {
        const { method, path, body } = probe;
        const { status } = await session.call({
          service: "identity",
          method,
          path,
          accept: [200, 201, 204, 400, 403, 404, 500],
          ...(method === "POST" ? { body } : {}),
        });
        const predicted = predictProbe(probe, { asker: session.describe(), ground, policy, release });
        results.push(judgeProbe({ persona, probe, status }, { predicted, cases: STANDARD_SET.cases }));
      }
    }
    const words = ({ persona, operation, place, status, simulated }: (typeof results)[number]) =>
      `${persona} ${operation} ${place}: ${status}, simulated ${simulated}`;
    expect(results.filter(({ differs }) => differs).map(words)).toEqual([]);
    expect(results.length).toBeGreaterThan(90);
    const failing = results.filter(({ holds }) => !holds);
    const known = (KEYSTONE_FAILS ?? "").split(";").filter((one) => one !== "");
    expect(failing.map(({ persona, operation, place }) => `${persona} ${operation} ${place}`).sort()).toEqual(
      known.sort(),
    );
  }, 120_000);
});
