import { bulkEditItems } from "#server/services/item/bulk.ts";
import { createItem } from "#server/services/item/create.ts";
import { createDecision } from "#server/services/item/create-decision.ts";
import { createRow } from "#server/services/item/create-row.ts";
import { editItem } from "#server/services/item/edit.ts";
import { readItem, readItemHistory, resolveCodes } from "#server/services/item/get.ts";
import { readItemGraph } from "#server/services/item/graph.ts";
import { listItems } from "#server/services/item/list.ts";
import { outlineItems, readFacets } from "#server/services/item/outline.ts";
import { readOverview } from "#server/services/item/overview.ts";
import { listViews, removeView, saveView } from "#server/services/item/views.ts";
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
  overview: procedure(readOverview)
    .input(readOverview.input)
    .query(({ ctx, input }) => readOverview(ctx, input)),
  get: procedure(readItem)
    .input(readItem.input)
    .query(({ ctx, input }) => readItem(ctx, input)),
  history: procedure(readItemHistory)
    .input(readItemHistory.input)
    .query(({ ctx, input }) => readItemHistory(ctx, input)),
  graph: procedure(readItemGraph)
    .input(readItemGraph.input)
    .query(({ ctx, input }) => readItemGraph(ctx, input)),
  resolve: procedure(resolveCodes)
    .input(resolveCodes.input)
    .query(({ ctx, input }) => resolveCodes(ctx, input)),
  create: procedure(createItem)
    .input(createItem.input)
    .mutation(({ ctx, input }) => createItem(ctx, input)),
  createDecision: procedure(createDecision)
    .input(createDecision.input)
    .mutation(({ ctx, input }) => createDecision(ctx, input)),
  createRow: procedure(createRow)
    .input(createRow.input)
    .mutation(({ ctx, input }) => createRow(ctx, input)),
  edit: procedure(editItem)
    .input(editItem.input)
    .mutation(({ ctx, input }) => editItem(ctx, input)),
  bulkEdit: procedure(bulkEditItems)
    .input(bulkEditItems.input)
    .mutation(({ ctx, input }) => bulkEditItems(ctx, input)),
  views: procedure(listViews)
    .input(listViews.input)
    .query(({ ctx, input }) => listViews(ctx, input)),
  saveView: procedure(saveView)
    .input(saveView.input)
    .mutation(({ ctx, input }) => saveView(ctx, input)),
  removeView: procedure(removeView)
    .input(removeView.input)
    .mutation(({ ctx, input }) => removeView(ctx, input)),
});
