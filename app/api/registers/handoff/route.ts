import { downloadHandoff } from "#server/api/register-export.ts";

export const dynamic = "force-dynamic";

export { downloadHandoff as GET };
