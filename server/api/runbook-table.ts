import { readTable } from "#server/services/marker/table.ts";
import { serveDownload } from "./download.ts";

/** Serves `/api/runbooks/SLUG/table`: the newest version with its validation table in it; `?only=table` the table alone. */
export function downloadTable(
  request: Request,
  { params }: { params: Promise<{ slug: string }> },
): Promise<Response> {
  return serveDownload(request, async (ctx, { searchParams }) => {
    const { slug } = await params;
    const { table, document } = await readTable(ctx, { slug, cloud: searchParams.get("cloud") });
    const text = searchParams.get("only") === "table" ? table : document;
    return { name: `${slug}.md`, type: "text/markdown; charset=utf-8", length: null, body: once(text) };
  });
}

async function* once(text: string): AsyncGenerator<string> {
  yield await Promise.resolve(text);
}
