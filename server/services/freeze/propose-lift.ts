import { proposeLiftSchema } from "#server/domain/proposal/schema.ts";
import { proposeVerb } from "../proposal/propose.ts";
import { freezeLift } from "./lift.ts";

/** Asks for the freeze to be lifted. */
export const proposeLift = proposeVerb(freezeLift, proposeLiftSchema);
