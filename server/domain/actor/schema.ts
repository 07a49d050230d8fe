import * as z from "zod";
import { reasonSchema } from "../job/schema.ts";
import { ACTOR_TYPES } from "./states.ts";

/** An actor as it is asked for; its own reader says what is wrong with it, by field. */
const actorSchema = z.strictObject({
  name: z.string().trim().min(1).max(64),
  type: z.enum(ACTOR_TYPES),
  principals: z.array(z.string().trim().max(64)).max(50),
  maxTtlHours: z.number(),
  description: z.string().trim().max(500),
  isRetired: z.boolean(),
});

/**
 * Another version of the registry. `base`: the number of the version that whoever asks has seen. `import` replaces
 * everything by a snapshot file.
 */
export const registryChangeSchema = z.strictObject({
  base: z.int().min(0),
  change: z.discriminatedUnion("kind", [
    z.strictObject({ kind: z.literal("add"), actor: actorSchema }),
    z.strictObject({ kind: z.literal("change"), actor: actorSchema }),
    z.strictObject({ kind: z.literal("retire"), name: z.string().max(64) }),
    z.strictObject({ kind: z.literal("import"), text: z.string().max(700_000) }),
  ]),
});
export const proposeRegistrySchema = z.strictObject({ content: registryChangeSchema, reason: reasonSchema });

export const actorNameSchema = z.strictObject({ name: z.string().max(64) });

/** A file as people have it: a snapshot (JSON) or an inventory (YAML). */
export const registryTextSchema = z.strictObject({ text: z.string().max(700_000) });
