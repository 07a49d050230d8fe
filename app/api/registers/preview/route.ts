import { previewUpload } from "#server/api/register-import.ts";

export const dynamic = "force-dynamic";

export { previewUpload as POST };
