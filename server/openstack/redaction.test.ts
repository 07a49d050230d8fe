import { describe, expect, test } from "vitest";
import { collectSecrets, excerpt, redactText, safeUrl } from "./redaction.ts";

describe("redactText", () => {
  const cases: [string, string][] = [
    ["JSON", `{"user": {"name": "svc", "password": "hunter22"}}`],
    ["JSON with an escaped quote", `{"secret": "hunter22\\"more", "name": "svc"}`],
    ["Python, as Keystone quotes a bad request", `On instance: {'name': 'svc', 'password': 'hunter22'}`],
    ["JSON inside JSON", JSON.stringify({ name: "svc", detail: JSON.stringify({ adminPass: "hunter22" }) })],
    ["a form", "name=svc&password=hunter22&x=1"],
    ["a truncated value", `{"name": "svc", "private_key": "hunter22`],
    ["a PEM key", "svc -----BEGIN RSA PRIVATE KEY-----\nhunter22\n-----END RSA PRIVATE KEY-----"],
    ["a cut PEM key", "svc -----BEGIN PRIVATE KEY-----\nhunter22"],
    ["a Fernet token", "svc gAAAAABmhunter22hunter22hunter22_-="],
    ["a token header", `svc {"X-Auth-Token": "hunter22"}`],
  ];
  test.each(cases)("%s", (_, text) => {
    const clean = redactText(text, []);
    expect(clean).not.toContain("hunter22");
    expect(clean).toContain("svc");
    expect(clean).toContain("[redacted]");
  });

  test("a known secret goes wherever it stands and however it is escaped", () => {
    const secret = `it's "q" \\ ok`;
    const python = `'it\\'s "q" \\\\ ok'`;
    const text = `${secret} | ${JSON.stringify({ a: secret })} | ${JSON.stringify({ message: python })}`;
    expect(redactText(text, [secret])).not.toMatch(/it.{0,3}s/);
  });

  test("facts about a secret and plain sentences stay", () => {
    const text = `{"password_expires_at": null, "user_id": "u1"} The password does not match; identity:create_user`;
    expect(redactText(text, [])).toBe(text);
  });

  test("a hostile answer is searched in bounded time", () => {
    const started = performance.now();
    redactText(`"${"password-".repeat(100_000)}`, []);
    redactText("token".repeat(100_000), []);
    expect(performance.now() - started).toBeLessThan(5_000);
  });
});

test("collectSecrets finds values by key at any depth and takes no names along", () => {
  const body = { auth: { password: { user: { name: "admin", password: "p1" } } }, list: [{ secret: "s1" }] };
  expect(collectSecrets([body, { "x-auth-token": "t1", accept: "application/json" }])).toEqual([
    "p1",
    "s1",
    "t1",
  ]);
});

test("an excerpt is redacted before it is cut", () => {
  const text = `${"x".repeat(40)} "password": "hunter22"`;
  expect(excerpt(text, [], 62)).not.toContain("hunter");
  expect(excerpt("short", [])).toBe("short");
  expect(excerpt("x".repeat(2_000), []).length).toBe(603);
});

test("safeUrl drops user info and blanks sensitive query values", () => {
  const url = new URL("https://me:hunter22@c:5000/v3/users?name=x&token=hunter22#hunter22");
  expect(safeUrl(url)).not.toContain("hunter22");
  expect(safeUrl(url)).toContain("https://c:5000/v3/users?name=x");
});
