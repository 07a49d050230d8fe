import { afterAll, beforeAll, expect, it } from "vitest";
import { cookieWith, ORIGIN, setWebEnvironment } from "#server/testing/web.ts";
import { connection } from "./connection.ts";
import { handleApi } from "./handler.ts";
import { checkHealth } from "./health.ts";

// Nothing listens on port 1.
beforeAll(() => setWebEnvironment("postgres://app:secret-word@127.0.0.1:1/countersign"));
afterAll(() => connection().close());

const SENTENCE = "The database does not answer. Nothing was changed; try again in a moment.";

it.each(["GET", "POST"])("says in a sentence that the database is away: %s", async (method) => {
  const input = JSON.stringify({ json: { personId: "1d1ad1c2-0000-4000-8000-000000000000" } });
  const path = method === "GET" ? "inbox.session?input=%7B%22json%22%3A%7B%7D%7D" : "people.disable";
  const response = await handleApi(
    new Request(`${ORIGIN}/api/trpc/${path}`, {
      method,
      headers: {
        origin: ORIGIN,
        "x-countersign": "1",
        "content-type": "application/json",
        cookie: await cookieWith({ sid: "A".repeat(43) }),
      },
      body: method === "GET" ? null : input,
    }),
  );
  expect(response.status).toBe(503);
  const text = await response.text();
  expect(text).toContain(SENTENCE);
  expect(text).not.toMatch(/select|Failed query|ECONN|127\.0\.0\.1|secret-word|stack|\.ts/i);
});

it("lets a probe know, and nothing else", async () => {
  const response = await checkHealth();
  expect(response.status).toBe(503);
  expect(await response.json()).toEqual({ status: "database_away" });
});
