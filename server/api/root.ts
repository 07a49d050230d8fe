import { accountRouter } from "./routers/account.ts";
import { freezeRouter } from "./routers/freeze.ts";
import { auditRouter } from "./routers/audit.ts";
import { emergenciesRouter } from "./routers/emergencies.ts";
import { certificatesRouter } from "./routers/certificates.ts";
import { checksRouter } from "./routers/checks.ts";
import { accessRouter } from "./routers/access.ts";
import { guestsRouter } from "./routers/guests.ts";
import { hostsRouter } from "./routers/hosts.ts";
import { inboxRouter } from "./routers/inbox.ts";
import { itemActsRouter } from "./routers/item-acts.ts";
import { itemsRouter } from "./routers/items.ts";
import { jobsRouter } from "./routers/jobs.ts";
import { liveRouter } from "./routers/live.ts";
import { numbersRouter } from "./routers/numbers.ts";
import { peopleRouter } from "./routers/people.ts";
import { policyRouter } from "./routers/policy.ts";
import { proposalsRouter } from "./routers/proposals.ts";
import { registersRouter } from "./routers/registers.ts";
import { rulesRouter } from "./routers/rules.ts";
import { runbooksRouter } from "./routers/runbooks.ts";
import { shellRouter } from "./routers/shell.ts";
import { signersRouter } from "./routers/signers.ts";
import { standingRouter } from "./routers/standing.ts";
import { tenantsRouter } from "./routers/tenants.ts";
import { router } from "./trpc.ts";

export const appRouter = router({
  account: accountRouter,
  audit: auditRouter,
  emergencies: emergenciesRouter,
  certificates: certificatesRouter,
  checks: checksRouter,
  freeze: freezeRouter,
  access: accessRouter,
  guests: guestsRouter,
  hosts: hostsRouter,
  inbox: inboxRouter,
  itemActs: itemActsRouter,
  items: itemsRouter,
  jobs: jobsRouter,
  live: liveRouter,
  numbers: numbersRouter,
  people: peopleRouter,
  policy: policyRouter,
  proposals: proposalsRouter,
  registers: registersRouter,
  rules: rulesRouter,
  runbooks: runbooksRouter,
  shell: shellRouter,
  signers: signersRouter,
  standing: standingRouter,
  tenants: tenantsRouter,
});
export type AppRouter = typeof appRouter;
