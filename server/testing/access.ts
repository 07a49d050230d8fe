import { readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { join } from "node:path";
import type { Db } from "#db/client.ts";
import type { Clock } from "#server/clock.ts";
import { accessPolicy } from "#server/domain/access-policy/access.ts";
import { readCheckText } from "#server/domain/access-policy/request.ts";
import { type DecisionEnvelope, decideQuestion } from "#server/domain/decision/decide.ts";
import { getAccess } from "#server/services/access/rows.ts";
import { seedAccess } from "#server/services/access/seed.ts";

/** The package that is shipped. */
export const SHIPPED_POLICY = readFileSync(
  join(import.meta.dirname, "../../policies/ssh-signing.md"),
  "utf8",
);

/** The shipped package and its example actors, in a database without any. */
export async function seedExamples(db: Db, clock: Clock): Promise<void> {
  await seedAccess(db, clock, { document: SHIPPED_POLICY, hasExamples: true });
}

/** The bridge asks for as long as `ttl` says. */
export const bridgeRequest = (ttl: unknown = 2, context: object = {}) => ({
  subject: { id: "iam:agt-state-hub-bridge", type: "agt", tenant: "tenant:platform" },
  action: "sign",
  resource: {
    id: "ssh-cert:actor/agt-state-hub-bridge",
    type: "ssh-certificate",
    system: "ops-warden",
    tenant: "tenant:platform",
  },
  context: {
    actor_type: "agt",
    principals: ["agt-task-bridge"],
    pubkey_fingerprint: "SHA256:abc",
    ttl_hours: ttl,
    ...context,
  },
});

type Answer = (given: {
  envelope: DecisionEnvelope | null;
  request: IncomingMessage;
  response: ServerResponse;
}) => void;

/** A decision service elsewhere that answers rightly, until `misbehave` says how it does not. */
export async function openElsewhere(db: Db, clock: Clock) {
  let misbehave: Answer | null = null;
  const paths: string[] = [];
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    paths.push(`${request.method} ${request.url}`);
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(Buffer.from(chunk));
    const read = readCheckText(Buffer.concat(chunks).toString("utf8"));
    const { registry, package: inForce } = await getAccess(db);
    const envelope =
      read.kind === "read" ? decideQuestion(read.value, accessPolicy(registry, inForce), clock()) : null;
    if (misbehave !== null) return misbehave({ envelope, request, response });
    response.writeHead(200, { "content-type": "application/json" });
    response.end(JSON.stringify(request.url === "/healthz" ? { status: "ok" } : envelope));
  };
  const server = createServer((request, response) => void answer(request, response));
  const { promise, resolve } = Promise.withResolvers<void>();
  server.listen(0, "127.0.0.1", resolve);
  await promise;
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("It does not listen on a port.");
  return {
    origin: `http://127.0.0.1:${address.port}`,
    paths,
    set: (how: Answer | null) => {
      misbehave = how;
    },
    close: async () => {
      server.closeAllConnections();
      const closed = Promise.withResolvers<void>();
      server.close(() => closed.resolve());
      await closed.promise;
    },
  };
}
