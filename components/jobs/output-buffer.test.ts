import { describe, expect, test } from "vitest";
import type { OutputLine } from "./job-data.ts";
import { OutputBuffer } from "./output-buffer.ts";
import { OutputFollower } from "./output-follower.ts";

function lines(from: number, to: number, stepId: string | null = null): OutputLine[] {
  return Array.from({ length: to - from + 1 }, (_, at) => ({
    seq: from + at,
    stepId,
    stream: "note" as const,
    text: `line ${from + at}`,
    at: new Date(0),
  }));
}

describe("OutputBuffer", () => {
  test("lines are found by number, whatever the order they came in", () => {
    const buffer = new OutputBuffer();
    buffer.add(lines(3, 4), 4);
    buffer.add(lines(1, 3), 4);
    expect([1, 2, 3, 4, 5].map((seq) => buffer.find(seq)?.text)).toEqual([
      "line 1",
      "line 2",
      "line 3",
      "line 4",
      undefined,
    ]);
    expect(buffer.lastSeq).toBe(4);
  });

  test.each([
    { name: "nothing held", held: null, last: 0, after: 0 },
    { name: "all held", held: [1, 40], last: 40, after: 40 },
    { name: "a little behind", held: [1, 40], last: 55, after: 40 },
    { name: "far behind: the last page only", held: [1, 40], last: 5000, after: 4000 },
  ] as const)("tailAfter: $name", ({ held, last, after }) => {
    const buffer = new OutputBuffer();
    buffer.add(held ? lines(held[0], held[1]) : [], last);
    expect(buffer.tailAfter()).toBe(after);
  });

  test("missingIn asks for each gap once, a page at a time, and never beyond the end", () => {
    const buffer = new OutputBuffer();
    buffer.add(lines(1, 10), 2500);
    expect(buffer.missingIn(1, 10)).toEqual([]);
    expect(buffer.missingIn(5, 60)).toEqual([10]);
    expect(buffer.missingIn(11, 2600)).toEqual([10, 1010, 2010]);
  });

  test("old pages are dropped, the ones just read stay", () => {
    const buffer = new OutputBuffer();
    for (let page = 0; page < 60; page += 1) buffer.add(lines(page * 1000 + 1, page * 1000 + 1), 100_000);
    buffer.missingIn(1, 1);
    buffer.add(lines(60_001, 60_001), 100_000);
    expect(buffer.find(1)).toBeDefined();
    expect(buffer.find(1001)).toBeUndefined();
    expect(buffer.find(60_001)).toBeDefined();
  });

  test("the first line of a step is found", () => {
    const buffer = new OutputBuffer();
    buffer.add([...lines(1, 2, "a"), ...lines(3, 5, "b")], 5);
    expect(buffer.findStep("b")).toBe(3);
    expect(buffer.findStep("c")).toBeNull();
  });
});

/** A server whose output grows, and that answers when told to. */
function growing() {
  let last = 0;
  const reads: { after: number; answer: () => void; fail: () => void }[] = [];
  const read = (after: number) =>
    new Promise<{ lines: OutputLine[]; lastSeq: number }>((resolve, reject) => {
      reads.push({
        after,
        answer: () =>
          resolve({
            lines: after < last ? lines(after + 1, Math.min(last, after + 1000)) : [],
            lastSeq: last,
          }),
        fail: () => reject(new Error("away")),
      });
    });
  const settle = () => new Promise((resolve) => setImmediate(resolve));
  return { read, reads, settle, grow: (to: number) => (last = to) };
}

describe("OutputFollower", () => {
  const none = { lines: [], lastSeq: 0 };

  test("an announced line is read at once, and what comes meanwhile in one read after it", async () => {
    const server = growing();
    const follower = new OutputFollower(server.read, none);
    server.grow(1);
    follower.announce(1);
    expect(server.reads.map(({ after }) => after)).toEqual([0]);
    follower.announce(2);
    follower.announce(3);
    expect(server.reads).toHaveLength(1);
    server.reads[0]?.answer();
    server.grow(3);
    await server.settle();
    expect(server.reads.map(({ after }) => after)).toEqual([0, 1]);
    server.reads[1]?.answer();
    await server.settle();
    expect(follower.buffer.find(3)?.text).toBe("line 3");
    expect(server.reads).toHaveLength(2);
  });

  test("listeners hear of new lines, and a version tells them apart", async () => {
    const server = growing();
    const follower = new OutputFollower(server.read, none);
    const versions: number[] = [];
    follower.subscribe(() => versions.push(follower.getVersion()));
    server.grow(5);
    follower.announce(5);
    server.reads[0]?.answer();
    await server.settle();
    expect(versions).toEqual([1]);
  });

  test("after a break one read finds out how far the output is, and no more", async () => {
    const server = growing();
    server.grow(7);
    const follower = new OutputFollower(server.read, { lines: lines(1, 7), lastSeq: 7 });
    follower.recover();
    server.reads[0]?.answer();
    await server.settle();
    expect(server.reads.map(({ after }) => after)).toEqual([7]);
  });

  test("the same gap is not asked for twice while its read is under way", () => {
    const server = growing();
    const follower = new OutputFollower(server.read, { lines: lines(1, 10), lastSeq: 400 });
    follower.need(5, 60);
    follower.need(5, 60);
    expect(server.reads.map(({ after }) => after)).toEqual([10]);
  });

  test("a line announced before the read that fails is not lost when the next is announced", async () => {
    const server = growing();
    const follower = new OutputFollower(server.read, none);
    server.grow(2);
    follower.announce(1);
    server.reads[0]?.fail();
    await server.settle();
    follower.announce(2);
    server.reads[1]?.answer();
    await server.settle();
    expect(follower.buffer.find(1)?.text).toBe("line 1");
    expect(follower.buffer.find(2)?.text).toBe("line 2");
  });
});
