import type { Visitor } from "#server/demo/api-client.ts";

/** What each measurement gets: a running console and two signed-in people. */
export interface Bench {
  origin: string;
  dataDir: string;
  operator: Visitor;
  reviewer: Visitor;
}
