import * as z from "zod";
import { reasonSchema } from "../job/schema.ts";
import { hostContentSchema, hostNameSchema, LOCAL_NAME } from "./host.ts";

/** A host as it shall be. `base` is the version that whoever asks has seen; 0 for a new one. */
export const setHostSchema = z
  .strictObject({
    name: z.union([z.literal(LOCAL_NAME), hostNameSchema]),
    base: z.int().min(0),
    content: hostContentSchema,
  })
  .refine(({ name, content }) => (name === LOCAL_NAME) === (content.kind === "local"), {
    message: "Only the machine of the console itself is local. Give another host an address.",
    path: ["name"],
  })
  .refine(
    ({ content }) =>
      content.kind === "local" || (content.keyId === undefined) !== (content.actor === undefined),
    {
      message: "Choose one of the console's keys, or an actor whose certificates it signs in with.",
      path: ["content", "keyId"],
    },
  );

export const proposeHostSchema = z.strictObject({ content: setHostSchema, reason: reasonSchema });

export const requestHostKeySchema = z.strictObject({ name: hostNameSchema });
