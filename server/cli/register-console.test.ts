import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runbookVersion } from "#db/schema/runbook.ts";
import { handleApi } from "#server/api/handler.ts";
import { downloadDocument, downloadHandoff, downloadSessionLedger } from "#server/api/register-export.ts";
import { commitUpload, previewUpload } from "#server/api/register-import.ts";
import { downloadTable } from "#server/api/runbook-table.ts";
import { withTable } from "#server/domain/marker/table.ts";
import type { JobWorld } from "#server/testing/jobs.ts";
import { readFixture } from "#server/testing/register-fixtures.ts";
import { browserOf, closeWeb, openWeb, ORIGIN } from "#server/testing/web.ts";

const PASSWORD = "correct horse battery";
let folder: string;
let world: JobWorld;
let server: Server;
let origin: string;
const cookies: Record<string, string> = {};

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) if (chunk instanceof Uint8Array) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
}

/** The console's own endpoints, behind a sign-in that knows two people. */
async function answer(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = incoming.url ?? "";
  const body = await bodyOf(incoming);
  if (url === "/api/auth/csrf") {
    response.setHeader("set-cookie", ["csrf=1; Path=/; HttpOnly"]).end('{"csrfToken":"token"}');
    return;
  }
  if (url === "/api/auth/callback/password") {
    const form = new URLSearchParams(body.toString());
    const cookie = cookies[form.get("email") ?? ""];
    if (cookie !== undefined && form.get("password") === PASSWORD)
      response.setHeader("set-cookie", `${cookie}; Path=/; HttpOnly`);
    response.end("{}");
    return;
  }
  const headers = new Headers();
  for (const [name, value] of Object.entries(incoming.headers))
    if (typeof value === "string") headers.set(name, value);
  // The process under test knows one address; the command goes by that of this server.
  if (headers.get("origin") === origin) headers.set("origin", ORIGIN);
  const { method = "GET" } = incoming;
  const request = new Request(`${ORIGIN}${url}`, {
    method,
    headers,
    ...(method === "GET" ? {} : { body: new Uint8Array(body) }),
  });
  const made = await handlerOf(url)(request);
  response.writeHead(made.status, { "content-type": made.headers.get("content-type") ?? "" });
  response.end(Buffer.from(await made.arrayBuffer()));
}

function handlerOf(url: string): (request: Request) => Promise<Response> {
  const [, , , name = "", id = ""] = url.split("/");
  if (url.startsWith("/api/runbooks/"))
    return (request) => downloadTable(request, { params: Promise.resolve({ slug: name }) });
  if (!url.startsWith("/api/registers/")) return handleApi;
  if (name === "preview") return previewUpload;
  if (name === "import") return commitUpload;
  if (name === "session-ledger") return downloadSessionLedger;
  return name === "handoff" ? downloadHandoff : (request) => downloadDocument(request, id);
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "countersign-console-"));
  world = await openWeb();
  cookies["olga@corp"] = (await browserOf(world, "operator")).cookie;
  cookies["aurel@corp"] = (await browserOf(world, "auditor")).cookie;
  server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => response.writeHead(599).end(String(error)));
  });
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  const address = server.address();
  origin = `http://127.0.0.1:${typeof address === "object" ? (address?.port ?? 0) : 0}`;
  for (const name of ["handoff.md", "design-decisions.md"] as const)
    writeFileSync(join(folder, name), readFixture(name));
});
afterAll(async () => {
  await new Promise((done) => server.close(done));
  rmSync(folder, { recursive: true });
  await closeWeb(world);
});

/** The command as a person starts it, with a password on its standard input. */
function countersign(args: string[], given: { email?: string; password?: string } = {}) {
  return new Promise<{ code: number; out: string; err: string }>((done) => {
    const at = ["--url", origin, "--email", given.email ?? "olga@corp"];
    const child = spawn(process.execPath, [resolve("server/cli/main.ts"), ...args, ...at], {
      cwd: folder,
      env: { NODE_ENV: "production" },
    });
    const heard = { out: "", err: "" };
    child.stdout.on("data", (chunk: Buffer) => (heard.out += chunk.toString()));
    child.stderr.on("data", (chunk: Buffer) => (heard.err += chunk.toString()));
    child.once("close", (code) => done({ code: code ?? -1, ...heard }));
    child.stdin.end(`${given.password ?? PASSWORD}\n`);
  });
}

describe("countersign, at a console", () => {
  it("imports a document, and gives it back byte for byte", async () => {
    const done = await countersign(["import", "handoff.md", "--path", "docs/handoff.md", "--yes"]);
    expect(done).toMatchObject({
      code: 0,
      out: "docs/handoff.md: version 1, 17 new, 0 changed, 0 taken out\n",
    });
    const again = await countersign(["export", "docs/handoff.md"]);
    expect(again).toMatchObject({ code: 0, out: readFileSync(join(folder, "handoff.md"), "utf8") });
    const handoff = await countersign(["export"]);
    expect(handoff.out).toMatch(/^# Handoff -- open items register/);
  });

  it("asks what is to hold, and takes the answer", async () => {
    const less = readFixture("handoff.md").replace(/H-3 -- [\s\S]*?(?=\n-{80})/, "");
    writeFileSync(join(folder, "less.md"), less);
    const args = ["import", "less.md", "--path", "docs/handoff.md", "--yes"];
    const asked = await countersign(args);
    expect(asked.code).toBe(1);
    expect(asked.err).toContain("say what is to hold for H-3. Nothing was imported.");
    const done = await countersign([...args, "--removed", "theirs"]);
    expect(done).toMatchObject({
      code: 0,
      out: "docs/handoff.md: version 2, 0 new, 0 changed, 1 taken out\n",
    });
  });

  it("says and takes the next free number", async () => {
    expect(await countersign(["next", "DOCFIX"])).toMatchObject({ code: 0, out: "DOCFIX-112\n" });
    expect(await countersign(["next", "DOCFIX", "--take", "a test"])).toMatchObject({
      code: 0,
      out: "DOCFIX-112\n",
    });
    expect(await countersign(["next", "DOCFIX"])).toMatchObject({ code: 0, out: "DOCFIX-113\n" });
  });

  it("lints what the console has", async () => {
    const { code, out } = await countersign(["lint"]);
    expect(code).toBe(0);
    expect(out).toMatch(/17 checks: 0 fail, \d+ WARN/);
    writeFileSync(join(folder, "warned.md"), "## D-300: Caf\u00e9\n\n**Status:** ADOPTED\n");
    await countersign(["import", "warned.md", "--path", "docs/warned.md", "--yes"]);
    expect((await countersign(["lint", "--strict"])).code).toBe(1);
  });

  it("gives the session ledger of now", async () => {
    const { code, out } = await countersign(["export", "--session-ledger"]);
    expect(code).toBe(0);
    expect(out).toMatch(/^# Session ledger/);
    expect(out).toContain("## Machine-derived (from the console's registers; do not hand-edit)");
  });

  it("prints what is proven of a runbook, alone, in its document and in a file", async () => {
    const [version] = await world.db.select().from(runbookVersion);
    const slug = version?.slug ?? "";
    const alone = await countersign(["runbook", "table", slug]);
    expect(alone.code, alone.err).toBe(0);
    expect(alone.out).toContain("| Stage | What | Status |");
    const source = version?.source ?? "";
    const whole = await countersign(["runbook", "table", slug, "--document"]);
    expect(whole.out).toBe(withTable(source, alone.out));
    writeFileSync(join(folder, "own.md"), "# Own\r\n\r\n## Stage 0: x\r\n");
    const into = await countersign(["runbook", "table", slug, "--into", "own.md"]);
    expect(into.out).toBe(`# Own\r\n\r\n${alone.out}\n## Stage 0: x\r\n`);
    writeFileSync(join(folder, "own.md"), into.out);
    expect(await countersign(["runbook", "table", slug, "--into", "own.md"])).toEqual(into);
    expect(readFileSync(join(folder, "own.md"), "utf8")).toBe(into.out);
  });

  it.each<[string, string[], { email?: string; password?: string }, number, string]>([
    ["a wrong password", ["next", "D"], { password: "wrong" }, 1, "refused this address and password"],
    [
      "a number without the right",
      ["next", "D", "--take", "x"],
      { email: "aurel@corp" },
      1,
      "let you take and give up numbers",
    ],
    [
      "an import without the right",
      ["import", "handoff.md", "--yes"],
      { email: "aurel@corp" },
      1,
      "import documents",
    ],
    ["an import that nobody confirms", ["import", "handoff.md"], {}, 2, "add --yes"],
    ["a document that is not there", ["export", "docs/none.md"], {}, 1, "has no document docs/none.md"],
    ["a series that is none", ["next", "x y"], {}, 1, "letters of the series"],
    ["a folder and a console", ["lint", "docs"], {}, 2, "not both"],
    ["a side that is none", ["import", "handoff.md", "--conflicts", "mine"], {}, 2, "is no side"],
    ["a runbook that is not there", ["runbook", "table", "none"], {}, 1, "no runbook that is called none"],
    ["a slug that is none", ["runbook", "table", "../x"], {}, 2, "is no slug"],
    ["a table of nothing", ["runbook", "table"], {}, 2, "Name one runbook"],
    ["two places for a table", ["runbook", "table", "x", "--document", "--into", "f"], {}, 2, "not both"],
    ["a table into no file", ["runbook", "table", "x", "--into", "none.md"], {}, 2, "cannot be read"],
    ["a ledger and a document", ["export", "a.md", "--session-ledger"], {}, 2, "or say --session-ledger"],
    ["a file that is not there", ["import", "none.md"], {}, 2, "cannot be read"],
  ])("refuses %s", async (_name, ...[args, given, code, says]) => {
    const ended = await countersign(args, given);
    expect({ code: ended.code, out: ended.out }).toEqual({ code, out: "" });
    expect(ended.err).toContain(says);
  });
});
