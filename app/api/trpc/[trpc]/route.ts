import { handleApi } from "#server/api/handler.ts";

export const dynamic = "force-dynamic";

export { handleApi as GET, handleApi as POST };
