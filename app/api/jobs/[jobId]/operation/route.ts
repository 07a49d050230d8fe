import { downloadOperation } from "#server/api/operation-download.ts";

export const dynamic = "force-dynamic";

export async function GET(request: Request, { params }: { params: Promise<{ jobId: string }> }) {
  return downloadOperation(request, (await params).jobId);
}
