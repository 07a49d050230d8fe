import { checkHealth } from "#server/api/health.ts";

export const dynamic = "force-dynamic";

export { checkHealth as GET };
