import type { Service } from "../kernel/router.ts";
import { identityError, unauthorized } from "./errors.ts";

export const identityService: Service = {
  type: "identity",
  name: "keystone",
  prefix: "/identity",
  endpointPath: "/v3",
  routes: [],
  unauthorized,
  notFound: () => identityError(404, "The resource could not be found."),
};
