import * as z from "zod";
import { appRouter } from "#server/api/root.ts";

const described = z.object({ type: z.enum(["query", "mutation", "subscription"]), meta: z.unknown() });

export interface DescribedProcedure extends z.output<typeof described> {
  path: string;
}

/** Every procedure that the API serves, as the router itself knows them. */
export function listProcedures(): DescribedProcedure[] {
  return Object.entries<unknown>(appRouter._def.procedures).map(([path, procedure]) => {
    const definition = typeof procedure === "function" && "_def" in procedure ? procedure._def : null;
    return { path, ...described.parse(definition) };
  });
}
