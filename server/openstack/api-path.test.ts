import { expect, test } from "vitest";
import { apiPath } from "./api-path.ts";

test("every value becomes one segment or one query value", () => {
  const id = "a?c#d%2F";
  expect(apiPath`/users/${id}/projects?name=${"x y&z=1"}&cidr=${"10.0.0.0/8"}`).toBe(
    "/users/a%3Fc%23d%252F/projects?name=x%20y%26z%3D1&cidr=10.0.0.0%2F8",
  );
  expect(apiPath`/users`).toBe("/users");
  expect(apiPath`/${"a"}/${"b"}`).toBe("/a/b");
  expect(apiPath`/users?name=${".."}`).toBe("/users?name=..");
});

test.each(["", ".", "..", "a/b", "../projects"])("%j is refused as a segment", (value) => {
  expect(() => apiPath`/users/${value}`).toThrow(TypeError);
});

test("an empty query value is refused: it would list everything", () => {
  expect(() => apiPath`/users?name=${""}`).toThrow(TypeError);
});
