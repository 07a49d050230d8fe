import { beforeAll, describe, expect, it } from "vitest";
import { cookieWith, setWebEnvironment } from "#server/testing/web.ts";
import { findCookie, readSessionSecret, sessionCookieName } from "./session-cookie.ts";

const NAME = "next-auth.session-token";

beforeAll(() => setWebEnvironment("postgres://app@127.0.0.1:1/none"));

describe("findCookie", () => {
  it.each<[string, string | null, string | undefined]>([
    ["alone", `${NAME}=a.b`, "a.b"],
    ["among others", `x=1; ${NAME}=a.b; y=2`, "a.b"],
    ["without spaces", `x=1;${NAME}=a.b`, "a.b"],
    ["encoded", `${NAME}=a%2Bb`, "a+b"],
    ["with an equals sign inside", `${NAME}=a=b`, "a=b"],
    ["empty", `${NAME}=`, ""],
    ["the first of two", `${NAME}=one; ${NAME}=two`, "one"],
    ["under a longer name", `${NAME}.0=a; x${NAME}=b`, undefined],
    ["under the secure name", `__Secure-${NAME}=a`, undefined],
    ["not decodable", `${NAME}=%zz`, undefined],
    ["without a value", NAME, undefined],
    ["not there", "x=1", undefined],
    ["no header", null, undefined],
  ])("%s", (_what, header, value) => {
    expect(findCookie(header, NAME)).toBe(value);
  });
});

describe("readSessionSecret", () => {
  const secretIn = async (cookie: string) => readSessionSecret(findCookie(cookie, sessionCookieName()));

  it("reads the secret of a cookie that was made here", async () => {
    expect(await secretIn(await cookieWith({ sid: "the-secret", sub: "x" }))).toBe("the-secret");
  });

  it.each<[string, () => Promise<string>]>([
    ["of another key", () => cookieWith({ sid: "s" }, { secret: "k".repeat(40) })],
    ["of another flow", () => cookieWith({ sid: "s" }, { salt: "next-auth.pkce.code_verifier" })],
    ["without a session", () => cookieWith({ sub: "x" })],
    ["with a number for it", () => cookieWith({ sid: 7 })],
    ["cut short", async () => (await cookieWith({ sid: "s" })).slice(0, -4)],
    ["of nothing", () => Promise.resolve(`${NAME}=`)],
  ])("finds none in a cookie %s", async (_what, cookieOf) => {
    expect(await secretIn(await cookieOf())).toBeNull();
  });
});
