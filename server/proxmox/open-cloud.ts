import { CloudError, cloudError } from "#server/openstack/cloud-error.ts";
import type { ApiToken, CloudCredentials } from "#server/openstack/credentials.ts";
import { openHttp } from "#server/openstack/http.ts";
import { safeUrl } from "#server/openstack/redaction.ts";
import {
  callUrl,
  type CloudSession,
  openSession,
  type OpenSessionOptions,
  requireAnchor,
} from "#server/openstack/session.ts";
import { factsOf, isUnauthorized } from "#server/openstack/token.ts";

type OpenOptions = Omit<OpenSessionOptions, "credentials"> & { readonly credentials: CloudCredentials };

/** Opens a session with a cloud or with a hypervisor, by what its credentials are for. Throws CloudError. */
export async function openCloud(options: OpenOptions): Promise<CloudSession> {
  const { credentials } = options;
  if (credentials.kind !== "api_token") return openSession({ ...options, credentials });
  return openHypervisor(options, credentials);
}

/**
 * A session with Proxmox VE. Nothing signs in: the token stands in every call, and the version is asked for at once, so
 * that a token that is not accepted is told before anything else. https://pve.proxmox.com/wiki/Proxmox_VE_API#API_Tokens
 */
async function openHypervisor(options: OpenOptions, token: ApiToken): Promise<CloudSession> {
  const { cloud } = options;
  const http = options.http ?? openHttp(requireAnchor(cloud, options.anchor, options.now()));
  const close = async () => {
    if (options.http === undefined) await http.close();
  };
  const session: CloudSession = {
    describe: () => ({
      userId: token.id,
      userName: token.id,
      userDomainId: "",
      projectId: null,
      projectDomainId: null,
      isAdminProject: false,
      domainId: null,
      roles: [],
      isAppCred: false,
    }),
    endpointOf(service) {
      if (service === "hypervisor") return cloud.authUrl;
      throw cloudError({
        code: "unreachable",
        outcome: "not_applied",
        method: "GET",
        url: cloud.authUrl,
        says: `${cloud.name} is a hypervisor and has no ${service} service. Nothing was sent.`,
      });
    },
    async call({ service, method, path, body, headers, accept }) {
      const url = callUrl(session.endpointOf(service), path);
      const answer = await http
        .send({
          method,
          url,
          headers: { ...headers, authorization: `PVEAPIToken=${token.id}=${token.secret}` },
          ...(body === undefined ? {} : { body }),
          ...(accept === undefined ? {} : { accept }),
        })
        .catch((error: unknown) => {
          throw isUnauthorized(error) ? notAccepted(cloud.name, token, error) : error;
        });
      return {
        status: answer.status,
        body: answer.body,
        requestId: null,
        sent: { method, url: safeUrl(url) },
      };
    },
    close,
  };
  try {
    await session.call({ service: "hypervisor", method: "GET", path: "/version" });
    return session;
  } catch (error) {
    await close();
    throw error;
  }
}

function notAccepted(name: string, { id }: ApiToken, error: CloudError): CloudError {
  return new CloudError({
    ...factsOf(error),
    code: "unauthenticated",
    says: `The hypervisor ${name} does not accept the token ${id} (401). Nothing was changed. Check that the token exists, is not expired, and that its secret is right.`,
  });
}
