import { exportEvidence, makeBundle } from "#server/services/evidence/export.ts";
import { may } from "#server/services/may.ts";
import { serveDownload } from "./download.ts";

/** Serves `/api/evidence/job/ID` and `/api/evidence/tenant/ID`: the bundle that `countersign verify` verifies. */
export function exportBundle(
  request: Request,
  { params }: { params: Promise<{ kind: string; id: string }> },
): Promise<Response> {
  return serveDownload(request, async (ctx) => {
    const asked = await exportEvidence(ctx, exportEvidence.input.parse(await params));
    const isPrivate = !may(ctx, "job.read_output").allowed;
    const bundle = await makeBundle(ctx.db, asked, { at: ctx.clock(), isPrivate });
    const { kind, id } = asked.subject;
    return {
      name: `countersign-${kind}-${id}.tar`,
      type: "application/x-tar",
      length: bundle.length,
      body: once(bundle),
    };
  });
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(bytes);
}
