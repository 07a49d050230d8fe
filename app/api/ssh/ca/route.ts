import { downloadAuthorities } from "#server/api/ssh-files.ts";

export const dynamic = "force-dynamic";

export { downloadAuthorities as GET };
