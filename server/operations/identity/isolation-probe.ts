import type * as z from "zod";
import { isolationProbe as definition } from "#server/domain/operation/identity.ts";
import { callPath } from "../call-path.ts";
import { openReader } from "../cloud-reader.ts";
import type { ObservedFinding, Operation } from "../handler.ts";

/** refused: 403 or 404. empty: a list without rows. open: the other domain's data came back. */
export type Sight = "refused" | "empty" | "open";

interface Look {
  name: "domain" | "project" | "user" | "projects" | "users" | "assignments";
  what: string;
  path: string;
  /** The member of the body that holds the rows, for a listing. */
  rows: string | null;
}

export const isolationProbe: Operation<typeof definition.parameters> = {
  definition,

  async plan(_context, parameters) {
    return {
      disposition: "read",
      says: "The manager asks for things of another domain. Each answer has to be a refusal or an empty list.",
      outputs: {},
      reads: looks(parameters).map(({ path }) => ({ service: "identity", path })),
    };
  },

  async readBack(context, parameters) {
    const reader = await openReader(context);
    const seen: Record<string, Sight> = {};
    const checks: { what: string; expected: string; observed: string; holds: boolean }[] = [];
    for (const look of looks(parameters)) {
      const answer = await reader.ask({ service: "identity", path: look.path, accept: [200, 403, 404] });
      const sight = sightOf(look, answer.status, answer.body);
      seen[look.name] = sight;
      checks.push({
        what: look.what,
        expected: look.rows === null ? "403 or 404" : "an empty list, 403 or 404",
        observed: sight === "refused" ? String(answer.status) : `${answer.status}, ${sight}`,
        holds: sight !== "open",
      });
      await context.say(`${look.what}: ${answer.status}, ${sight}`);
    }
    return { values: { checks, ...seen, ...parameters }, findings: gaps(checks) };
  },
};

function looks({ domain_id, project_id, user_id }: z.output<typeof definition.parameters>): Look[] {
  return [
    { name: "domain", what: "Read another domain", path: callPath`/domains/${domain_id}`, rows: null },
    { name: "project", what: "Read its project", path: callPath`/projects/${project_id}`, rows: null },
    { name: "user", what: "Read its user", path: callPath`/users/${user_id}`, rows: null },
    {
      name: "projects",
      what: "List its projects",
      path: callPath`/projects?domain_id=${domain_id}`,
      rows: "projects",
    },
    { name: "users", what: "List its users", path: callPath`/users?domain_id=${domain_id}`, rows: "users" },
    {
      name: "assignments",
      what: "List who holds what on its project",
      path: callPath`/role_assignments?scope.project.id=${project_id}`,
      rows: "role_assignments",
    },
  ];
}

/** A listing that is not a list is judged as open: nothing was proven. */
export function sightOf({ rows }: Pick<Look, "rows">, status: number, body: unknown): Sight {
  if (status === 403 || status === 404) return "refused";
  if (rows === null || typeof body !== "object" || body === null) return "open";
  const list = Object.entries(body).find(([name]) => name === rows)?.[1];
  return Array.isArray(list) && list.length === 0 ? "empty" : "open";
}

function gaps(checks: { what: string; observed: string; holds: boolean }[]): ObservedFinding[] {
  return checks
    .filter(({ holds }) => !holds)
    .map(({ what, observed }) => ({
      code: "isolation_gap",
      severity: "problem",
      says: `The manager could do what must be refused: ${what.toLowerCase()}.`,
      observed: { what, observed },
    }));
}
