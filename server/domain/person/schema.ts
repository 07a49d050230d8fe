import * as z from "zod";
import { isKeepable } from "../canonical/text.ts";
import { ROLES } from "./states.ts";

/** Lower-case, NFKC-stable ASCII address: homoglyphs of `@` and mixed case cannot make a second account. */
export const emailSchema = z
  .string()
  .max(254)
  .transform((text) => text.trim().toLowerCase())
  .refine((text) => /^[a-z0-9._%+-]+@[a-z0-9-]+(\.[a-z0-9-]+)*$/.test(text), {
    message: "Enter an e-mail address such as ada@example.org, in plain ASCII.",
  });

export const signInSchema = z.strictObject({ email: emailSchema, password: z.string().min(1).max(1024) });

export const personNameSchema = z
  .string()
  .trim()
  .min(1, "Enter a name.")
  .max(120)
  .refine(isKeepable, "The name holds a character that cannot be kept.");

export const addPersonSchema = z.strictObject({
  email: emailSchema,
  name: personNameSchema,
  roles: z.array(z.enum(ROLES)).min(1, "Choose at least one role.").max(ROLES.length),
});

export const setRolesSchema = z.strictObject({
  personId: z.uuid(),
  roles: z.array(z.enum(ROLES)).max(ROLES.length),
});

export const personIdSchema = z.strictObject({ personId: z.uuid() });
