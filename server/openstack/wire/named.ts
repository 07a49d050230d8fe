import { z } from "zod";

/** How Keystone and Neutron refer to another thing: by id, with its name beside it. */
export const named = z.looseObject({ id: z.string(), name: z.string() });
