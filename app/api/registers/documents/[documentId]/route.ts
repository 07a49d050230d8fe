import { downloadDocument } from "#server/api/register-export.ts";

export const dynamic = "force-dynamic";

export async function GET(
  request: Request,
  { params }: { params: Promise<{ documentId: string }> },
): Promise<Response> {
  return downloadDocument(request, (await params).documentId);
}
