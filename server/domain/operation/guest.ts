import * as z from "zod";
import type { OperationDefinition } from "./definition.ts";

export const guestConverge = {
  id: "guest.converge",
  version: 1,
  effect: "mutate",
  title: "Bring the guests of a host to where they are wanted",
  parameters: z.strictObject({}),
  outputs: ["generation", "left", "guests", "only_desired", "only_actual"],
} as const satisfies OperationDefinition;

export const guestScratch = {
  id: "guest.scratch",
  version: 1,
  effect: "mutate",
  title: "Make a guest to be thrown away, or end exactly that guest",
  parameters: z.strictObject({}),
  outputs: ["generation", "op", "vmid", "state", "made", "removed", "carried_out"],
} as const satisfies OperationDefinition;

export const guestIntent = {
  id: "guest.intent",
  version: 1,
  effect: "destroy",
  title: "Carry out what the desired state asks for beside its settings",
  parameters: z.strictObject({}),
  outputs: ["generation", "op", "vmid", "state", "carried_out", "given_up"],
} as const satisfies OperationDefinition;
