import { setGate } from "#server/services/gate/set.ts";
import { proposeUngate } from "#server/services/gate/ungate.ts";
import { withdrawGate } from "#server/services/gate/withdraw.ts";
import { acceptRisk } from "#server/services/item-move/accept-risk.ts";
import { attestCheck } from "#server/services/item-move/attest.ts";
import { classifyItem } from "#server/services/item-move/classify.ts";
import { moveItem } from "#server/services/item-move/move.ts";
import { readItemActs } from "#server/services/item-move/read.ts";
import { tickPoint, untickPoint } from "#server/services/item-move/tick.ts";
import { addChange } from "#server/services/changelog/add.ts";
import { readDecisionGraph } from "#server/services/link/graph.ts";
import { addLink } from "#server/services/link/add.ts";
import { decideLink } from "#server/services/link/decide.ts";
import { proposeRuling } from "#server/services/ruling/propose.ts";
import { ruleItem } from "#server/services/ruling/rule.ts";
import { procedure, router } from "../trpc.ts";

/** What is done to items of the registers: each act by its own verb. */
export const itemActsRouter = router({
  get: procedure(readItemActs)
    .input(readItemActs.input)
    .query(({ ctx, input }) => readItemActs(ctx, input)),
  move: procedure(moveItem, { isSingle: true })
    .input(moveItem.input)
    .mutation(({ ctx, input }) => moveItem(ctx, input)),
  tick: procedure(tickPoint)
    .input(tickPoint.input)
    .mutation(({ ctx, input }) => tickPoint(ctx, input)),
  untick: procedure(untickPoint)
    .input(untickPoint.input)
    .mutation(({ ctx, input }) => untickPoint(ctx, input)),
  attest: procedure(attestCheck, { isSingle: true })
    .input(attestCheck.input)
    .mutation(({ ctx, input }) => attestCheck(ctx, input)),
  acceptRisk: procedure(acceptRisk, { isSingle: true })
    .input(acceptRisk.input)
    .mutation(({ ctx, input }) => acceptRisk(ctx, input)),
  classify: procedure(classifyItem)
    .input(classifyItem.input)
    .mutation(({ ctx, input }) => classifyItem(ctx, input)),
  rule: procedure(ruleItem, { isSingle: true })
    .input(ruleItem.input)
    .mutation(({ ctx, input }) => ruleItem(ctx, input)),
  proposeRuling: procedure(proposeRuling, { isSingle: true })
    .input(proposeRuling.input)
    .mutation(({ ctx, input }) => proposeRuling(ctx, input)),
  addChange: procedure(addChange, { isSingle: true })
    .input(addChange.input)
    .mutation(({ ctx, input }) => addChange(ctx, input)),
  decisionGraph: procedure(readDecisionGraph)
    .input(readDecisionGraph.input)
    .query(({ ctx, input }) => readDecisionGraph(ctx, input)),
  addLink: procedure(addLink)
    .input(addLink.input)
    .mutation(({ ctx, input }) => addLink(ctx, input)),
  decideLink: procedure(decideLink)
    .input(decideLink.input)
    .mutation(({ ctx, input }) => decideLink(ctx, input)),
  setGate: procedure(setGate, { isSingle: true })
    .input(setGate.input)
    .mutation(({ ctx, input }) => setGate(ctx, input)),
  withdrawGate: procedure(withdrawGate, { isSingle: true })
    .input(withdrawGate.input)
    .mutation(({ ctx, input }) => withdrawGate(ctx, input)),
  proposeUngate: procedure(proposeUngate, { isSingle: true })
    .input(proposeUngate.input)
    .mutation(({ ctx, input }) => proposeUngate(ctx, input)),
});
