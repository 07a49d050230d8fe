import type { SandboxRequest, SandboxResponse } from "#server/sandbox/kernel/router.ts";
import { keystoneChallenge, wantsJson } from "#server/sandbox/kernel/wire.ts";

const titles: Record<number, string> = {
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not Found",
  409: "Conflict",
  415: "Unsupported Media Type",
};

/** Glance answers faults as WebOb does: HTML, or JSON when the client accepts it. */
export function glanceFault(request: SandboxRequest, status: number, message: string): SandboxResponse {
  const title = titles[status] ?? "Error";
  if (wantsJson(request)) {
    return {
      status,
      body: { message: `${message}<br /><br />\n\n\n`, code: `${status} ${title}`, title },
    };
  }
  return html(status, `${escapeHtml(message)}<br /><br />\n\n\n`);
}

/** WebOb words this fault itself, so it is laid out differently from Glance's own. */
export function unsupportedMediaType(request: SandboxRequest): SandboxResponse {
  const type = request.headers["content-type"] ?? "None";
  return html(
    415,
    `The request media type ${escapeHtml(type)} is not supported by this server.\n<br /><br />\n`,
  );
}

export function glanceUnauthorized(request: SandboxRequest): SandboxResponse {
  const answer = glanceFault(
    request,
    401,
    "This server could not verify that you are authorized to access the document you requested. " +
      "Either you supplied the wrong credentials (e.g., bad password), or your browser does not " +
      "understand how to supply the credentials required.",
  );
  return { ...answer, headers: keystoneChallenge(request) };
}

function html(status: number, text: string): SandboxResponse {
  const heading = `${status} ${titles[status] ?? "Error"}`;
  return {
    status,
    text: {
      contentType: "text/html; charset=UTF-8",
      content:
        `<html>\n <head>\n  <title>${heading}</title>\n </head>\n <body>\n` +
        `  <h1>${heading}</h1>\n  ${text}\n </body>\n</html>`,
    },
  };
}

function escapeHtml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
