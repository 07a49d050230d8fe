import * as z from "zod";
import { exportItems, writeItems } from "#server/services/item/export-list.ts";
import { serveDownload } from "./download.ts";

const TYPES = { csv: "text/csv; charset=utf-8", markdown: "text/markdown; charset=utf-8" } as const;
const ENDINGS = { csv: "csv", markdown: "md" } as const;
const listText = z.string().max(8000);

/** Serves `/api/registers/items/export?list=<the list as JSON>`: a list of items as CSV or as a Markdown table. */
export function exportItemList(request: Request): Promise<Response> {
  return serveDownload(request, async (ctx, url) => {
    const text = listText.parse(url.searchParams.get("list"));
    const list = await exportItems(ctx, exportItems.input.parse(parsed(text)));
    const day = ctx.clock().toISOString().slice(0, 10);
    return {
      name: `countersign-items-${day}.${ENDINGS[list.format]}`,
      type: TYPES[list.format],
      length: null,
      body: writeItems(ctx, list),
    };
  });
}

/** What is no JSON is no list either, and is refused as such. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
