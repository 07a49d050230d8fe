/** What a service's `initial*State` gets: the ids the identity service was seeded with. */
export interface SeedContext {
  now: Date;
  adminProjectId: string;
  servicesProjectId: string;
}
