import type { Service } from "../kernel/router.ts";
import { appCredRoutes } from "./app-cred-routes.ts";
import { assignmentRoutes } from "./assignment-routes.ts";
import { authRoutes } from "./auth-routes.ts";
import { catalogRoutes } from "./catalog-routes.ts";
import { domainRoutes } from "./domain-routes.ts";
import { ec2Routes } from "./ec2-routes.ts";
import { identityError, unauthorized } from "./errors.ts";
import { groupRoutes } from "./group-routes.ts";
import { grantRoutes } from "./grant-routes.ts";
import { policyOverrideRoutes } from "./policy-override-routes.ts";
import { projectRoutes } from "./project-routes.ts";
import { roleRoutes } from "./role-routes.ts";
import { trustRoutes } from "./trust-routes.ts";
import { userRoutes } from "./user-routes.ts";
import { versionRoutes } from "./version-routes.ts";

export const identityService: Service = {
  type: "identity",
  name: "keystone",
  prefix: "/identity",
  endpointPath: "/v3",
  routes: [
    ...versionRoutes,
    ...authRoutes,
    ...domainRoutes,
    ...projectRoutes,
    ...userRoutes,
    ...groupRoutes,
    ...roleRoutes,
    ...grantRoutes,
    ...assignmentRoutes,
    ...appCredRoutes,
    ...trustRoutes,
    ...ec2Routes,
    ...catalogRoutes,
    ...policyOverrideRoutes,
  ],
  unauthorized,
  notFound: () => identityError(404, "The resource could not be found."),
};
