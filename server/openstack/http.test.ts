import { createServer, type Socket } from "node:net";
import { afterEach, beforeAll, describe, expect, test } from "vitest";
import { type Answer, type HttpsStub, json, startHttpsStub } from "#server/testing/https-stub.ts";
import {
  inThePast,
  makeAuthority,
  type ServerPair,
  type TestAuthority,
} from "#server/testing/tls-authority.ts";
import { CloudError } from "./cloud-error.ts";
import type { HttpMethod, HttpRequest } from "./http-message.ts";
import { type CloudHttp, openHttp } from "./http.ts";
import { HTTP_LIMITS, type HttpLimits } from "./limits.ts";
import type { TrustedAuthority } from "./trust-anchor.ts";

const SECRET = "hunter22-very-secret";
let authority: TestAuthority;
let pair: ServerPair;
const open: { close(): Promise<void> }[] = [];

beforeAll(async () => {
  authority = await makeAuthority("Test CA");
  pair = await authority.issue({ hosts: ["127.0.0.1"] });
});
afterEach(async () => {
  for (const part of open.splice(0)) await part.close();
});

function anchorOf(from: TestAuthority): TrustedAuthority {
  return {
    kind: "ok",
    path: "/ca.crt",
    pem: from.pem,
    subject: "CN=Test CA",
    fingerprint256: "",
    notAfter: new Date(Date.now() + 60_000),
  };
}

async function stub(answer?: Answer, own: ServerPair = pair): Promise<HttpsStub> {
  const started = await startHttpsStub(own);
  open.push(started);
  if (answer !== undefined) started.answerWith(answer);
  return started;
}

/** A TCP listener that speaks no TLS; returns its https origin. */
async function rawListener(onSocket: (socket: Socket) => void): Promise<string> {
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    sockets.push(socket);
    // The client gives up in the middle of the handshake; that is what the test is about.
    socket.on("error", () => undefined);
    onSocket(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  open.push({
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("The listener has no TCP address.");
  return `https://127.0.0.1:${address.port}`;
}

function client(limits: Partial<HttpLimits> = {}): CloudHttp {
  const http = openHttp(anchorOf(authority), { ...HTTP_LIMITS, ...limits });
  open.push(http);
  return http;
}

function request(method: HttpMethod, url: string, rest: Partial<HttpRequest> = {}): HttpRequest {
  return {
    method,
    url: new URL(url),
    headers: { "x-auth-token": SECRET },
    ...(method === "GET" ? {} : { body: { user: { name: "svc", password: SECRET } } }),
    ...rest,
  };
}

/** Every error on the way here must be a CloudError and must not hold the secret in any field. */
async function failure(sending: Promise<unknown>): Promise<CloudError> {
  const error: unknown = await sending.then(
    () => new Error("It did not fail."),
    (reason: unknown) => reason,
  );
  if (!(error instanceof CloudError)) throw error;
  expect(`${JSON.stringify(error)}${error.stack}${error.message}`).not.toContain(SECRET);
  expect(error.cause).toBeUndefined();
  return error;
}

describe("answers", () => {
  test("JSON is parsed, the request id kept, the body sent as JSON", async () => {
    const cloud = await stub((_, response) => json(response, 201, { body: { user: { id: "u1" } } }));
    const response = await client().send(request("POST", `${cloud.origin}/v3/users?name=x`));
    expect(response).toMatchObject({ status: 201, body: { user: { id: "u1" } }, requestId: "req-7b2e" });
    expect(cloud.seen).toMatchObject([
      {
        method: "POST",
        path: "/v3/users?name=x",
        body: { user: { name: "svc", password: SECRET } },
        headers: { "x-auth-token": SECRET, accept: "application/json", "content-type": "application/json" },
      },
    ]);
  });

  test("no body is null, other content is text", async () => {
    const cloud = await stub((_, response) => response.writeHead(204).end());
    expect(await client().send(request("GET", cloud.origin))).toMatchObject({ status: 204, body: null });
    cloud.answerWith((_, response) => response.writeHead(200, { "content-type": "text/plain" }).end("{}"));
    expect(await client().send(request("GET", cloud.origin))).toMatchObject({ body: "{}" });
  });

  test("an accepted status is an answer, any other is not", async () => {
    const cloud = await stub((_, response) => json(response, 404, {}));
    expect(await client().send(request("GET", cloud.origin, { accept: [200, 404] }))).toMatchObject({
      status: 404,
    });
    cloud.answerWith((_, response) => json(response, 200, {}));
    const error = await failure(client().send(request("PUT", cloud.origin, { accept: [204] })));
    expect(error).toMatchObject({ code: "http", outcome: "applied", expected: "204", actual: 200 });
  });

  test("reads keep their connections, every change takes a fresh one", async () => {
    const cloud = await stub();
    const http = client();
    for (let i = 0; i < 6; i += 1) await http.send(request("GET", cloud.origin));
    // A second one is opened when a read begins while the last one is still being put back.
    const kept = cloud.connectionCount();
    expect(kept).toBeLessThanOrEqual(2);
    for (let i = 0; i < 3; i += 1) await http.send(request("POST", cloud.origin));
    expect(cloud.connectionCount()).toBe(kept + 3);
  });
});

describe("statuses", () => {
  const keystone = {
    error: { code: 403, message: "not authorized: identity:create_user.", title: "Forbidden" },
  };
  const cases: [HttpMethod, number, unknown, string, string][] = [
    ["POST", 403, keystone, "not_applied", "not authorized: identity:create_user."],
    ["POST", 403, { forbidden: { code: 403, message: "compute says no" } }, "not_applied", "compute says no"],
    [
      "PUT",
      409,
      { NeutronError: { type: "OverQuota", message: "Quota exceeded" } },
      "not_applied",
      "Quota exceeded",
    ],
    [
      "POST",
      400,
      { errors: [{ status: 400, detail: "Unable to find flavor m1" }] },
      "not_applied",
      "flavor m1",
    ],
    ["POST", 429, {}, "not_applied", "429"],
    ["POST", 500, keystone, "unknown", "read it back"],
    ["DELETE", 503, {}, "unknown", "read it back"],
    ["GET", 500, {}, "not_applied", "Nothing was read"],
    ["HEAD", 503, {}, "not_applied", "Nothing was read"],
  ];
  test.each(cases)("%s answered %i %j is %s", async (...row) => {
    const [method, status, body, outcome, words] = row;
    const cloud = await stub((_, response) =>
      json(response, status, { body, headers: { "retry-after": "7" } }),
    );
    const error = await failure(
      client({ askedToWaitMs: 0 }).send(request(method, `${cloud.origin}/v3/users`)),
    );
    expect(error).toMatchObject({
      code: "http",
      outcome,
      method,
      url: `${cloud.origin}/v3/users`,
      expected: "2xx",
      actual: status,
      requestId: "req-7b2e",
      retryAfterSeconds: 7,
    });
    expect(error.says).toContain(words);
  });

  test("an answer that quotes the request loses its secrets", async () => {
    const quote = `Failed validating 'required'. On instance: {'password': '${SECRET}', 'x': '${SECRET}'}`;
    const cloud = await stub((_, response) => json(response, 400, { body: { error: { message: quote } } }));
    const error = await failure(client().send(request("POST", cloud.origin)));
    expect(error.bodyExcerpt).toContain("On instance");
    expect(error.bodyExcerpt).toContain("[redacted]");
  });

  test("Glance's HTML becomes its sentence", async () => {
    const html =
      "<html><head><title>404 Not Found</title></head><body><h1>404</h1>No image found</body></html>";
    const cloud = await stub((_, response) =>
      response.writeHead(404, { "content-type": "text/html" }).end(html),
    );
    const error = await failure(client().send(request("GET", cloud.origin)));
    expect(error.says).toContain("No image found");
    expect(error.says).not.toContain("<");
  });

  test.each([
    [302, "unknown"],
    [307, "not_applied"],
    [308, "not_applied"],
  ])("a redirect %i is not followed and leaves %s", async (status, outcome) => {
    const target = await stub();
    const cloud = await stub((_, response) => response.writeHead(status, { location: target.origin }).end());
    const error = await failure(client().send(request("POST", cloud.origin)));
    expect(error).toMatchObject({ code: "http", outcome, actual: status });
    expect(error.says).toContain("redirects are not followed");
    expect(target.seen).toEqual([]);
  });
});

describe("a cloud that asks to wait", () => {
  const busy = (status: number, seconds: string) => {
    let refused = 0;
    return (times: number): Answer =>
      (_, response) => {
        refused += 1;
        if (refused > times) json(response, 200, { body: { users: [] } });
        else json(response, status, { body: {}, headers: { "retry-after": seconds } });
      };
  };

  test.each([
    [429, "1"],
    [503, "1"],
    [429, "0"],
  ])("with %i and %s s is read again after that", async (status, seconds) => {
    const cloud = await stub(busy(status, seconds)(1));
    const begun = performance.now();
    const answer = await client().send(request("GET", `${cloud.origin}/v3/users`));
    expect(answer.body).toEqual({ users: [] });
    expect(cloud.seen).toHaveLength(2);
    expect(performance.now() - begun).toBeGreaterThanOrEqual(Number(seconds) * 1000 - 20);
  });

  test.each<[string, HttpMethod, string, Partial<HttpLimits>, number]>([
    ["longer than a person waits", "GET", "3600", {}, 1],
    ["again and again, for ever", "GET", "0", { askedToWaitMs: 3_000 }, 5],
    ["with a date", "GET", "Wed, 21 Oct 2026 07:28:00 GMT", {}, 1],
    ["before it takes a change", "POST", "0", {}, 1],
    ["before it deletes", "DELETE", "1", {}, 1],
  ])("%s is given up", async (...row) => {
    const [, method, seconds, limits, sent] = row;
    const cloud = await stub(busy(429, seconds)(100));
    const error = await failure(client(limits).send(request(method, cloud.origin)));
    expect(error).toMatchObject({ actual: 429, outcome: "not_applied" });
    expect(cloud.seen).toHaveLength(sent);
  });
});

describe("bodies that cannot be used", () => {
  test.each([
    ["POST", "applied"],
    ["GET", "not_applied"],
  ] as const)("broken JSON after %s is %s", async (method, outcome) => {
    const cloud = await stub((_, response) =>
      response.writeHead(200, { "content-type": "application/json" }).end(`{"token": "${SECRET}`),
    );
    expect(await failure(client().send(request(method, cloud.origin)))).toMatchObject({
      code: "bad_body",
      outcome,
    });
  });

  test("an answer above the limit is dropped", async () => {
    const cloud = await stub((_, response) => response.writeHead(200).end("x".repeat(5_000)));
    const http = client({ responseBytes: 4_999 });
    expect(await failure(http.send(request("GET", cloud.origin)))).toMatchObject({
      code: "bad_body",
      actual: 200,
    });
    expect(await client({ responseBytes: 5_000 }).send(request("GET", cloud.origin))).toMatchObject({
      status: 200,
    });
  });
});

describe("cut and slow", () => {
  test("a change that is cut is unknown and was sent once", async () => {
    const cloud = await stub((_, response) => response.socket?.destroy());
    const error = await failure(client().send(request("POST", cloud.origin)));
    expect(error).toMatchObject({ code: "cut", outcome: "unknown", actual: null });
    expect(error.says).toContain("read it back before sending it again");
    expect(cloud.seen).toHaveLength(1);
  });

  test("a read that is cut is sent once more, and no more than that", async () => {
    const cloud = await stub((_, response) => response.socket?.destroy());
    expect(await failure(client().send(request("GET", cloud.origin)))).toMatchObject({
      code: "cut",
      outcome: "not_applied",
    });
    expect(cloud.seen).toHaveLength(2);
  });

  test.each([
    [201, "unknown"],
    [409, "not_applied"],
  ])("an answer %i whose body is cut is %s", async (status, outcome) => {
    const cloud = await stub((_, response) => {
      response.writeHead(status, { "content-length": "100" });
      response.write("half", () => response.socket?.destroy());
    });
    expect(await failure(client().send(request("POST", cloud.origin)))).toMatchObject({
      code: "cut",
      outcome,
      actual: status,
    });
  });

  const silent: Answer = () => undefined;
  const halting: Answer = (_, response) => response.writeHead(200).write("half");
  test.each([
    ["no answer", silent, { totalMs: 150 }, "POST", "unknown", "CALL_DEADLINE"],
    ["no answer to a read", silent, { totalMs: 150 }, "GET", "not_applied", "CALL_DEADLINE"],
    ["no headers", silent, { headersMs: 100 }, "POST", "unknown", "UND_ERR_HEADERS_TIMEOUT"],
    ["half a body", halting, { bodyMs: 100 }, "POST", "unknown", "UND_ERR_BODY_TIMEOUT"],
  ] as const)("%s is a timeout", async (...row) => {
    const [, answer, limits, method, outcome, causeCode] = row;
    const cloud = await stub(answer);
    const error = await failure(client(limits).send(request(method, cloud.origin)));
    expect(error).toMatchObject({ code: "timeout", outcome, causeCode });
  });
});

describe("before anything is sent", () => {
  test("nobody listens", async () => {
    const cloud = await stub();
    await cloud.close();
    const error = await failure(client().send(request("POST", cloud.origin)));
    expect(error).toMatchObject({ code: "refused", outcome: "not_applied", causeCode: "ECONNREFUSED" });
  });

  test("no such host", async () => {
    const error = await failure(client().send(request("POST", "https://cloud.invalid:5000")));
    expect(error).toMatchObject({ code: "unreachable", outcome: "not_applied" });
  });

  test("a listener that hangs up during the handshake", async () => {
    const origin = await rawListener((socket) => socket.destroy());
    const error = await failure(client().send(request("POST", origin)));
    expect(error).toMatchObject({ code: "refused", outcome: "not_applied" });
  });

  test("a listener that never answers the handshake", async () => {
    const origin = await rawListener(() => undefined);
    const error = await failure(client({ totalMs: 150 }).send(request("POST", origin)));
    expect(error).toMatchObject({ code: "timeout", outcome: "not_applied" });
  });

  test("a plain http port", async () => {
    const origin = await rawListener((socket) => socket.resume().write("HTTP/1.1 400 Bad Request\r\n\r\n"));
    const error = await failure(client().send(request("POST", origin)));
    expect(error).toMatchObject({ code: "tls", outcome: "not_applied" });
  });

  const tls: [string, () => Promise<ServerPair>, RegExp][] = [
    [
      "another CA",
      async () => (await makeAuthority("Other CA")).issue({ hosts: ["127.0.0.1"] }),
      /unknown CA/,
    ],
    [
      "the same name of CA, other key",
      async () => (await makeAuthority("Test CA")).issue({ hosts: ["127.0.0.1"] }),
      /unknown CA/,
    ],
    [
      "an expired certificate",
      () => authority.issue({ hosts: ["127.0.0.1"], validity: inThePast() }),
      /expired/,
    ],
    ["another host's certificate", () => authority.issue({ hosts: ["cloud.example"] }), /name mismatch/],
  ];
  test.each(tls)("%s", async (_, make, words) => {
    const cloud = await stub(undefined, await make());
    for (const method of ["GET", "POST"] as const) {
      const error = await failure(client().send(request(method, cloud.origin)));
      expect(error).toMatchObject({ code: "tls", outcome: "not_applied" });
      expect(error.says).toMatch(words);
    }
    expect(cloud.seen).toEqual([]);
  });

  test("a CA that has expired since the session began", async () => {
    const old = await makeAuthority("Old CA", inThePast());
    const cloud = await stub(undefined, await old.issue({ hosts: ["127.0.0.1"] }));
    const http = openHttp(anchorOf(old));
    open.push(http);
    const error = await failure(http.send(request("POST", cloud.origin)));
    expect(error).toMatchObject({ code: "tls", outcome: "not_applied", causeCode: "CERT_HAS_EXPIRED" });
  });
});
