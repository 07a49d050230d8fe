import { downloadSessionLedger } from "#server/api/register-export.ts";

export const dynamic = "force-dynamic";

export { downloadSessionLedger as GET };
