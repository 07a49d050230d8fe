import { readHandFile } from "#server/services/hand/file.ts";
import { serveDownload } from "./download.ts";

/** Serves `/api/jobs/ID/hand/STEP/NAME`: a file that was handed in with a step by hand, masked, never shown in the page. */
export function downloadHandFile(
  request: Request,
  { params }: { params: Promise<{ jobId: string; stepId: string; name: string }> },
): Promise<Response> {
  return serveDownload(request, async (ctx) => {
    const { fileName, content } = await readHandFile(ctx, readHandFile.input.parse(await params));
    return { name: fileName, type: "application/octet-stream", length: content.length, body: whole(content) };
  });
}

async function* whole(content: Uint8Array): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(content);
}
