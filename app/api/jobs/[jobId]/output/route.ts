import { downloadOutput } from "#server/api/output-download.ts";

export const dynamic = "force-dynamic";

export { downloadOutput as GET };
