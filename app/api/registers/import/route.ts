import { commitUpload } from "#server/api/register-import.ts";

export const dynamic = "force-dynamic";

export { commitUpload as POST };
