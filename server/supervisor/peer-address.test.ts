import { once } from "node:events";
import { createServer } from "node:http";
import { expect, it } from "vitest";
import { tellPeerAddress } from "./peer-address.ts";

async function seenBy(headers: Record<string, string>): Promise<unknown> {
  const server = createServer((request, response) => {
    response.end(JSON.stringify(request.headers["x-forwarded-for"] ?? null));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("The server listens on a port.");
  try {
    return await (await fetch(`http://127.0.0.1:${address.port}/`, { headers })).json();
  } finally {
    server.close();
  }
}

it("leaves a sender no word about its own address", async () => {
  const forged = { "x-forwarded-for": "203.0.113.9, 198.51.100.7" };
  expect(await seenBy(forged)).toBe("203.0.113.9, 198.51.100.7");
  tellPeerAddress();
  expect(await seenBy(forged)).toBe("127.0.0.1");
  expect(await seenBy({})).toBe("127.0.0.1");
});
