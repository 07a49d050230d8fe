import { downloadSignatures } from "#server/api/ssh-files.ts";

export const dynamic = "force-dynamic";

export { downloadSignatures as GET };
