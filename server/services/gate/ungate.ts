import { withdrawGateSchema } from "#server/domain/register/gate/schema.ts";
import * as z from "zod";
import { reasonSchema } from "#server/domain/job/schema.ts";
import { describeCover } from "#server/domain/register/gate/gate.ts";
import { proposalKind } from "../proposal/handler.ts";
import { proposeVerb } from "../proposal/propose.ts";
import { isStillHolding } from "./let-go-items.ts";
import { findGate, lockGate } from "./rows.ts";
import { applyWithdrawal, requireMayLetGo } from "./let-go.ts";

/** Taking a gate away where the rules want two people for a ruling: it lets go what a ruling would let go. */
export const itemUngate = proposalKind({
  kind: "item.ungate",
  actions: { propose: "item.ungate", decide: "item.ungate" },
  content: withdrawGateSchema,
  describe: async (tx, { gateId, reason }) => {
    const { gate, row } = await findGate(tx, gateId);
    const held = (await isStillHolding(tx, row)) ? "is not ruled on, and holds this back" : `is ${row.state}`;
    return {
      title: `Take away what ${row.code} holds back`,
      says: `${row.code} no longer covers ${describeCover(gate)}.`,
      before: [`${row.code} ${held}: ${describeCover(gate)}.`],
      after: [`Nothing of this waits for ${row.code}.`, `Because: ${reason}`],
    };
  },
  apply: async (tx, { gateId, reason }, { requestedBy, decidedBy, at }) => {
    const locked = await lockGate(tx, gateId);
    for (const personId of [requestedBy, decidedBy]) await requireMayLetGo(tx, locked.row, personId);
    await applyWithdrawal(tx, locked, { personId: requestedBy, reason, at });
    return { code: locked.row.code, gateId, covers: describeCover(locked.gate) };
  },
});

const proposeUngateSchema = z.strictObject({ content: withdrawGateSchema, reason: reasonSchema });

/** Asks for a gate to be taken away by two people. */
export const proposeUngate = proposeVerb(itemUngate, proposeUngateSchema);
