import { z } from "zod";

/** https://docs.openstack.org/api-ref/identity/v3/#projects */
export const project = z.looseObject({
  id: z.string(),
  name: z.string(),
  domain_id: z.string(),
  enabled: z.boolean(),
  description: z.string().nullish(),
  parent_id: z.string().nullish(),
});

/** POST, GET and PATCH /v3/projects/{project_id} */
export const projectBody = z.looseObject({ project });

/** GET /v3/projects and GET /v3/auth/projects */
export const projectsBody = z.looseObject({ projects: z.array(project) });

export type Project = z.output<typeof project>;
