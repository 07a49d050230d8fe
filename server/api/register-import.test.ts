import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as z from "zod";
import { registerDocument } from "#db/schema/register.ts";
import type { JobWorld } from "#server/testing/jobs.ts";
import { readFixture } from "#server/testing/register-fixtures.ts";
import { browserOf, closeWeb, openWeb, ORIGIN } from "#server/testing/web.ts";
import { downloadDocument, downloadHandoff } from "./register-export.ts";
import { commitUpload, previewUpload } from "./register-import.ts";

let world: JobWorld;
let operator: Awaited<ReturnType<typeof browserOf>>;
let auditor: Awaited<ReturnType<typeof browserOf>>;

beforeAll(async () => {
  world = await openWeb();
  operator = await browserOf(world, "operator");
  auditor = await browserOf(world, "auditor");
});
afterAll(() => closeWeb(world));

function formOf(document: string | Uint8Array<ArrayBuffer>, about: object | string): FormData {
  const form = new FormData();
  form.set("document", new Blob([document]));
  form.set("about", typeof about === "string" ? about : JSON.stringify(about));
  return form;
}

const request = (body: BodyInit | null, headers: Record<string, string> = {}) =>
  new Request(`${ORIGIN}/api/registers/import`, {
    method: "POST",
    headers: { origin: ORIGIN, "x-countersign": "1", cookie: operator.cookie, ...headers },
    body,
  });
const documents = () => world.db.$count(registerDocument);
const previewSchema = z.looseObject({
  seen: z.string(),
  documents: z.array(z.looseObject({ kind: z.string() })),
});

async function seenOf(text: string | Uint8Array<ArrayBuffer>, path: string): Promise<string> {
  const answer = await previewUpload(request(formOf(text, { path })));
  expect(answer.status).toBe(200);
  return previewSchema.parse(await answer.json()).seen;
}

describe("a document that is uploaded", () => {
  it("is shown, taken over, and given back byte for byte", async () => {
    const text = readFixture("handoff.md");
    const path = "docs/handoff.md";
    const seen = await seenOf(text, path);
    const done = await commitUpload(request(formOf(text, { path, seen, answers: {} })));
    expect(done.status).toBe(200);
    const [row] = await world.db.select().from(registerDocument);
    const get = (who: { cookie: string }) => new Request(`${ORIGIN}/x`, { headers: { cookie: who.cookie } });
    const file = await downloadDocument(get(auditor), row?.id ?? "");
    expect(file.headers.get("content-disposition")).toBe('attachment; filename="handoff.md"');
    expect(await file.text()).toBe(text);
    const handoff = await downloadHandoff(get(auditor));
    expect(await handoff.text()).toMatch(/^# Handoff -- open items register/);
    expect((await downloadDocument(get({ cookie: "" }), row?.id ?? "")).status).toBe(401);
    expect((await downloadDocument(get(auditor), "../x")).status).toBe(400);
  });

  it("of ten MiB comes in whole", async () => {
    const line = "x ".repeat(500);
    const text = `# Something\n\n${`${line}\n`.repeat(10_400)}`.slice(0, 10 * 1024 * 1024);
    expect(await seenOf(text, "docs/long.md")).toMatch(/^sha256:/);
  });

  const ABOUT = { path: "docs/bad.md", seen: `sha256:${"0".repeat(64)}`, answers: {} };
  it.each<[string, () => Request, number]>([
    ["another origin", () => request(formOf("x", ABOUT), { origin: "https://evil.example" }), 403],
    ["no header of ours", () => request(formOf("x", ABOUT), { "x-countersign": "0" }), 403],
    ["nobody signed in", () => request(formOf("x", ABOUT), { cookie: "" }), 401],
    ["an auditor", () => request(formOf("x", ABOUT), { cookie: auditor.cookie }), 403],
    ["eleven MiB and more", () => request(formOf(new Uint8Array(11 * 1024 * 1024 + 1), ABOUT)), 413],
    ["no form", () => request("hello", { "content-type": "text/plain" }), 400],
    ["JSON", () => request("{}", { "content-type": "application/json" }), 400],
    ["nothing", () => request(null), 400],
    ["a form without a document", () => request(new URLSearchParams({ about: "{}" })), 400],
    ["about what is no JSON", () => request(formOf("x", "{")), 400],
    ["a member twice", () => request(formOf("x", '{"path":"a","path":"b"}')), 400],
    ["a member of its own", () => request(formOf("x", { ...ABOUT, importedBy: "me" })), 400],
    ["no path", () => request(formOf("x", { ...ABOUT, path: "" })), 400],
    ["a path out of the tree", () => request(formOf("x", { ...ABOUT, path: "../../etc/passwd" })), 400],
    ["a digest of something else", () => request(formOf("# Handoff\n", ABOUT)), 409],
    [
      "an answer that is none",
      () => request(formOf("x", { ...ABOUT, answers: { a: { conflicts: "mine" } } })),
      400,
    ],
  ])("with %s is refused with a sentence, and nothing is kept", async (_name, make, status) => {
    const before = await documents();
    const answer = await commitUpload(make());
    expect(answer.status).toBe(status);
    expect(
      z.object({ error: z.object({ message: z.string().min(10) }) }).safeParse(await answer.json()).success,
    ).toBe(true);
    expect(await documents()).toBe(before);
  });
});
