import { exportBundle } from "#server/api/evidence-export.ts";

export const dynamic = "force-dynamic";

export { exportBundle as GET };
