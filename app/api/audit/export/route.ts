import { exportAuditLog } from "#server/api/audit-export.ts";

export const dynamic = "force-dynamic";

export { exportAuditLog as GET };
