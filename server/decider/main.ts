import { join } from "node:path";
import { connect } from "#db/client.ts";
import { now } from "#server/clock.ts";
import { deciderEnv } from "#server/env.ts";
import { AccessFollower } from "#server/services/decider/follow.ts";
import { DecisionLog } from "#server/services/decider/log.ts";
import { createDecisionService } from "#server/services/decider/service.ts";

/** The decision service: a process of its own beside the web process. It holds no credential of any cloud. */

const env = deciderEnv();
const connection = connect(env.databaseAppUrl, { max: 2 });
const follower = new AccessFollower(connection.db, now);
const log = await DecisionLog.open(join(env.dataDir, "decisions", "decisions.jsonl"));
await follower.begin();
const server = createDecisionService({
  policy: follower.policy,
  log,
  clock: now,
  token: env.decisionToken,
  onDecided: follower.keep,
});

async function stop(): Promise<void> {
  server.close();
  server.closeIdleConnections();
  await follower.end();
  await log.close();
  await connection.close();
  process.exit(0);
}
for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, () => void stop());
process.once("disconnect", () => void stop());
server.once("error", (error) => {
  const says = `The decision service cannot listen on ${env.decisionHost}:${env.decisionPort}: ${error.message}.`;
  process.send?.({ type: "refused", says }, () => process.exit(1));
});
server.listen(env.decisionPort, env.decisionHost, () => process.send?.({ type: "ready" }));
