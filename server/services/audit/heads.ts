import { desc, inArray } from "drizzle-orm";
import * as z from "zod";
import { auditHead, headDelivery, installationKey, restoreEpoch, signedHead } from "#db/schema/audit.ts";
import { may } from "../may.ts";
import { query } from "../verb.ts";

const HEADS_SHOWN = 50;

/** The newest signed heads with where each was sent, and the key they are signed with. */
export const listHeads = query({
  action: "audit.read",
  input: z.strictObject({}),
  run: async (ctx) => {
    const [[head], [key], heads, epochs] = await Promise.all([
      ctx.db.select({ seq: auditHead.seq }).from(auditHead),
      ctx.db.select().from(installationKey),
      ctx.db.select().from(signedHead).orderBy(desc(signedHead.at)).limit(HEADS_SHOWN),
      ctx.db.select().from(restoreEpoch).orderBy(desc(restoreEpoch.at)).limit(HEADS_SHOWN),
    ]);
    const ids = heads.map(({ id }) => id);
    const deliveries =
      ids.length === 0
        ? []
        : await ctx.db.select().from(headDelivery).where(inArray(headDelivery.headId, ids));
    return {
      size: head?.seq ?? 0,
      key: key ? { keyId: key.keyId, publicKey: key.publicKey, at: key.at } : null,
      heads: heads.map((row) => ({
        ...row,
        deliveries: deliveries.filter(({ headId }) => headId === row.id),
      })),
      epochs,
      may: { sign: may(ctx, "audit.sign"), export: may(ctx, "audit.export") },
    };
  },
});
