import type { z } from "zod";
import { cloudError, outcomeInWords } from "../cloud-error.ts";
import { changesCloud, outcomeOfStatus } from "../http-message.ts";
import type { CloudResponse } from "../cloud-call.ts";

/**
 * The body of an answer in the shape we read it in. Throws CloudError `bad_body` naming the first
 * paths that differ, never the values there.
 */
export function readBody<S extends z.ZodType>(schema: S, response: CloudResponse): z.output<S> {
  const parsed = schema.safeParse(response.body);
  if (parsed.success) return parsed.data;
  const { method, url } = response.sent;
  const outcome = outcomeOfStatus(response.sent, response.status);
  const differences = parsed.error.issues
    .slice(0, 3)
    .map((issue) => `${issue.path.map(String).join(".") || "the whole body"}: ${issue.code}`);
  throw cloudError({
    code: "bad_body",
    outcome,
    method,
    url,
    actual: response.status,
    requestId: response.requestId,
    says: `${method} ${url} answered ${response.status} with a body that cannot be read (${differences.join("; ")}). ${outcomeInWords(outcome, changesCloud(response.sent))}`,
  });
}
