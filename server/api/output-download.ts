import { readOutputText } from "#server/services/job/output.ts";
import { type SignedInContext, serveDownload } from "./download.ts";

/**
 * Serves `/api/jobs/ID/output`: what a job printed, as plain text with whatever it sent to a
 * terminal in it, which its name says; read page by page while it is sent.
 */
export function downloadOutput(
  request: Request,
  { params }: { params: Promise<{ jobId: string }> },
): Promise<Response> {
  return serveDownload(request, async (ctx) => {
    const { jobId } = readOutputText.input.pick({ jobId: true }).parse(await params);
    const first = await readOutputText(ctx, { jobId, after: 0 });
    return {
      name: `output-${jobId.slice(0, 8)}-raw.txt`,
      type: "text/plain; charset=utf-8",
      length: null,
      body: pages(ctx, jobId, first),
    };
  });
}

type Page = Awaited<ReturnType<typeof readOutputText>>;

async function* pages(ctx: SignedInContext, jobId: string, first: Page): AsyncGenerator<string> {
  for (let page = first; page.last !== null; page = await readOutputText(ctx, { jobId, after: page.last })) {
    yield page.text;
  }
}
