import { listItems } from "#server/services/item/list.ts";
import { outlineItems, readFacets } from "#server/services/item/outline.ts";
import { procedure, router } from "../trpc.ts";

export const itemsRouter = router({
  list: procedure(listItems)
    .input(listItems.input)
    .query(({ ctx, input }) => listItems(ctx, input)),
  outline: procedure(outlineItems)
    .input(outlineItems.input)
    .query(({ ctx, input }) => outlineItems(ctx, input)),
  facets: procedure(readFacets)
    .input(readFacets.input)
    .query(({ ctx, input }) => readFacets(ctx, input)),
});
