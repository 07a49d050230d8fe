import { expect, test } from "vitest";
import * as z from "zod";
import { makeIntentionKey } from "./intention-key.ts";

test("every key is a version 4 UUID of its own", () => {
  const keys = Array.from({ length: 200 }, makeIntentionKey);
  for (const key of keys) expect(z.uuidv4().safeParse(key).success, key).toBe(true);
  expect(new Set(keys).size).toBe(keys.length);
});
