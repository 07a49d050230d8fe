import { downloadTable } from "#server/api/runbook-table.ts";

export const dynamic = "force-dynamic";

export { downloadTable as GET };
