import { downloadHandFile } from "#server/api/hand-file.ts";

export const dynamic = "force-dynamic";

export { downloadHandFile as GET };
