import type { ProposalKind } from "#server/domain/proposal/states.ts";
import { freezeLift } from "../freeze/lift.ts";
import { rulesChange } from "../rules/change.ts";
import type { ProposalHandler } from "./handler.ts";

/** One handler per kind; a kind without one does not compile. */
const HANDLERS: Record<ProposalKind, ProposalHandler> = {
  "freeze.lift": freezeLift,
  "rules.change": rulesChange,
};

export function handlerOf(kind: ProposalKind): ProposalHandler {
  return HANDLERS[kind];
}
