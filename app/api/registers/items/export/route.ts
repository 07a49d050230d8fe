import { exportItemList } from "#server/api/item-export.ts";

export const dynamic = "force-dynamic";

export { exportItemList as GET };
