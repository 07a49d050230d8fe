import { describe, expect, test } from "vitest";
import type { z } from "zod";
import type { CloudResponse } from "../cloud-call.ts";
import { CloudError } from "../cloud-error.ts";
import { applicationCredentialsBody, createdApplicationCredentialBody } from "./application-credential.ts";
import { clusterTemplateBody } from "./cluster-template.ts";
import { clusterBody, clustersBody, createdClusterBody, magnumServicesBody } from "./cluster.ts";
import { domainBody, domainsBody } from "./domain.ts";
import { flavorsBody } from "./flavor.ts";
import { imagesBody } from "./image.ts";
import { createdKeypairBody, keypairsBody } from "./keypair.ts";
import { networkBody, networksBody } from "./network.ts";
import { projectBody, projectsBody } from "./project.ts";
import { computeLimitsBody, computeQuotaBody, networkQuotaBody } from "./quota.ts";
import { readBody } from "./read.ts";
import recorded from "./recorded-bodies.json" with { type: "json" };
import { roleAssignmentsBody } from "./role-assignment.ts";
import { roleBody, rolesBody } from "./role.ts";
import { portsBody, routerBody, routerInterfaceBody, routersBody } from "./router.ts";
import { subnetBody, subnetsBody } from "./subnet.ts";
import { tokenBody } from "./token.ts";
import { trustBody, trustsBody } from "./trust.ts";
import { userBody, usersBody } from "./user.ts";

const schemas: Readonly<Record<string, z.ZodType>> = {
  applicationCredentialsBody,
  clusterBody,
  clusterTemplateBody,
  clustersBody,
  computeLimitsBody,
  computeQuotaBody,
  createdApplicationCredentialBody,
  createdClusterBody,
  createdKeypairBody,
  domainBody,
  domainsBody,
  flavorsBody,
  imagesBody,
  keypairsBody,
  magnumServicesBody,
  networkBody,
  networkQuotaBody,
  networksBody,
  portsBody,
  projectBody,
  projectsBody,
  roleAssignmentsBody,
  roleBody,
  rolesBody,
  routerBody,
  routerInterfaceBody,
  routersBody,
  subnetBody,
  subnetsBody,
  tokenBody,
  trustBody,
  trustsBody,
  userBody,
  usersBody,
};

function schemaOf(name: string): z.ZodType {
  const schema = schemas[name];
  if (schema === undefined) throw new Error(`No schema is called ${name}.`);
  return schema;
}

function answer(body: unknown, over: Partial<CloudResponse> = {}): CloudResponse {
  return {
    status: 201,
    body,
    requestId: "req-1",
    sent: { method: "POST", url: "https://c:5000/v3/users" },
    ...over,
  };
}

describe("bodies recorded from Zed services", () => {
  test.each(recorded)("$schema reads $request", ({ schema, body }) => {
    // Loose objects: what is not read here passes through unchanged.
    expect(readBody(schemaOf(schema), answer(body))).toEqual(body);
  });

  test("every schema of the table has a recorded body", () => {
    expect(new Set(recorded.map(({ schema }) => schema))).toEqual(new Set(Object.keys(schemas)));
  });

  test.each(recorded)("$schema refuses another service's answer", ({ schema }) => {
    expect(() => readBody(schemaOf(schema), answer({ error: { code: 500, message: "no" } }))).toThrow(
      CloudError,
    );
    expect(() => readBody(schemaOf(schema), answer("<html>"))).toThrow(CloudError);
  });
});

describe("readBody", () => {
  const password = "hunter22-very-secret";
  const body = { user: { id: 7, name: "svc", domain_id: "d", enabled: password } };

  test.each([
    ["POST", 201, "applied"],
    ["GET", 200, "not_applied"],
  ] as const)("after %s %i names the paths, not the values, and is %s", (method, status, outcome) => {
    const sent = { method, url: "https://c:5000/v3/users" };
    try {
      readBody(userBody, answer(body, { status, sent }));
      expect.unreachable();
    } catch (error) {
      if (!(error instanceof CloudError)) throw error;
      expect(error).toMatchObject({ code: "bad_body", outcome, actual: status, requestId: "req-1" });
      expect(error.says).toContain("user.id");
      expect(error.says).toContain("user.enabled");
      expect(`${JSON.stringify(error)}${error.stack}`).not.toContain(password);
    }
  });
});
