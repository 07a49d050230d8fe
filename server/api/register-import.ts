import { TRPCError } from "@trpc/server";
import { getHTTPStatusCodeFromError } from "@trpc/server/http";
import * as z from "zod";
import { documentPathSchema, importAnswersSchema } from "#server/domain/register/import/schema.ts";
import { log } from "#server/log.ts";
import { requireSameTime } from "#server/services/clock/agree.ts";
import { commitImport } from "#server/services/register/commit.ts";
import { previewImport } from "#server/services/register/preview.ts";
import { readBounded } from "./bounded-body.ts";

import { createContext } from "./context.ts";
import { findDoubledMember } from "#server/domain/canonical/doubled-member.ts";
import type { SignedInContext } from "./download.ts";
import { factsOf, toApiError } from "./error-map.ts";
import { refuse, refuseForeignOrigin } from "./own-origin.ts";

/** A document of 10 MiB, and what a form adds to it. No other request may be as long. */
const BODY_MAX_BYTES = 11 * 1024 * 1024;

const previewSchema = z.strictObject({ path: documentPathSchema });
const commitSchema = z.strictObject({
  path: documentPathSchema,
  seen: z.string(),
  answers: z.record(documentPathSchema, importAnswersSchema),
});

/** Serves `/api/registers/preview`: a form with the document and what is to be done with it; changes nothing. */
export function previewUpload(request: Request): Promise<Response> {
  return serveUpload(request, (ctx, bytes, about) => {
    return previewImport(ctx, { bytes, ...previewSchema.parse(about) });
  });
}

/** Serves `/api/registers/import`: the same document once more, with the digest of what was seen and the answers. */
export function commitUpload(request: Request): Promise<Response> {
  return serveUpload(request, async (ctx, bytes, about) => {
    await requireSameTime(ctx.connection.sql, ctx.clock);
    return commitImport(ctx, { bytes, ...commitSchema.parse(about) });
  });
}

async function serveUpload(
  request: Request,
  act: (ctx: SignedInContext, bytes: Uint8Array, about: unknown) => Promise<object>,
): Promise<Response> {
  const foreign = refuseForeignOrigin(request);
  if (foreign) return foreign;
  try {
    const cookieHeader = request.headers.get("cookie");
    const ctx = await createContext({ cookieHeader, isActivity: true, isBatch: false });
    const { actor } = ctx;
    // Nobody who is not signed in makes the console hold ten megabytes.
    if (actor === null) throw new TRPCError({ code: "UNAUTHORIZED", message: "Sign in to go on." });
    const bounded = await readBounded(request, BODY_MAX_BYTES);
    if (bounded === null)
      return refuse(413, "The document is larger than 10 MiB. It was not read; split it.");
    const form = await readForm(bounded);
    if (form === null)
      return refuse(400, "Send a form with a document and what it is about. Nothing was read.");
    const answer = await act({ ...ctx, actor }, form.bytes, form.about);
    return Response.json(answer, { headers: { "cache-control": "no-store", vary: "cookie" } });
  } catch (cause) {
    const error = toApiError(cause);
    if (error.code === "INTERNAL_SERVER_ERROR") log.error({ err: error.cause }, "an import failed");
    return Response.json(
      { error: { message: error.message, refusal: factsOf(error) } },
      { status: getHTTPStatusCodeFromError(error), headers: { "cache-control": "no-store" } },
    );
  }
}

/** Parts `document` (the bytes) and `about` (JSON) of a form; null for anything else. */
async function readForm(request: Request): Promise<{ bytes: Uint8Array; about: unknown } | null> {
  try {
    const form = await request.formData();
    const document = form.get("document");
    const about = form.get("about");
    const isDoubled = form.getAll("document").length + form.getAll("about").length > 2;
    if (!(document instanceof Blob) || typeof about !== "string" || isDoubled) return null;
    if (findDoubledMember(about) !== null) return null;
    const parsed: unknown = JSON.parse(about);
    return { bytes: new Uint8Array(await document.arrayBuffer()), about: parsed };
  } catch {
    // No form, or no JSON in it.
    return null;
  }
}
