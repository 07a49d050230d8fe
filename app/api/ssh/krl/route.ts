import { downloadKrl } from "#server/api/ssh-files.ts";

export const dynamic = "force-dynamic";

export { downloadKrl as GET };
