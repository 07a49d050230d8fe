import { chromium, type Page } from "@playwright/test";
import { demoPerson } from "#server/demo/console.ts";
import { signInOnPage } from "#e2e/people.ts";
import type { Bench } from "./bench.ts";
import { type Figure, percentile } from "./figure.ts";

const LOADS = 10;
const SCROLLING_MS = 4000;
/** Pixels a second: some hundred rows. */
const SPEED = 4000;
const BOARD = "/registers/items?show=all";

/**
 * The board of a hundred thousand items in a real browser, which must be there already: from the address to a row that is
 * shown and a key that is heeded, and how many frames a second it draws while it scrolls.
 */
export async function measureItemsInBrowser({
  origin,
  dataDir,
}: Omit<Bench, "operator" | "reviewer">): Promise<Figure[]> {
  const executablePath = process.env["CHROMIUM_PATH"];
  const browser = await chromium.launch({
    ...(executablePath === undefined ? {} : { executablePath }),
    args: process.getuid?.() === 0 ? ["--no-sandbox"] : [],
  });
  try {
    const context = await browser.newContext({ baseURL: origin, viewport: { width: 1280, height: 800 } });
    const page = await context.newPage();
    await signInOnPage(page, demoPerson(dataDir, "Olivia Operator"));
    const loads: number[] = [];
    for (let round = 0; round < LOADS; round += 1) loads.push(await interactiveAfter(page));
    const { frames, idle } = await framesASecond(page);
    return [
      {
        name: "board of 100000 items interactive, p95",
        measured: percentile(loads, 0.95),
        bound: 1000,
        unit: "ms",
        note: `p50 ${percentile(loads, 0.5).toFixed(0)} ms over ${LOADS} loads`,
      },
      {
        name: "a frame while it scrolls",
        measured: 1000 / frames,
        bound: 1000 / 55,
        unit: "ms",
        note: `${frames.toFixed(0)} frames a second; the same page at rest draws ${idle.toFixed(0)}`,
      },
    ];
  } finally {
    await browser.close();
  }
}

/** Until a row is there and the key that leads to the search field does so: the page is drawn and alive. */
async function interactiveAfter(page: Page): Promise<number> {
  await page.goto("about:blank");
  const begun = performance.now();
  await page.goto(BOARD, { waitUntil: "commit" });
  await page.locator("[data-item]").first().waitFor();
  await page.waitForFunction(() => {
    document.body.dispatchEvent(new KeyboardEvent("keydown", { key: "/", bubbles: true, cancelable: true }));
    return document.activeElement?.hasAttribute("data-search-field") === true;
  });
  return performance.now() - begun;
}

async function framesASecond(page: Page): Promise<{ frames: number; idle: number }> {
  const count = (speed: number) =>
    page.getByRole("group", { name: "Items", exact: true }).evaluate(
      (box, { speed: pixels, during }) =>
        new Promise<number>((resolve) => {
          const begun = performance.now();
          let drawn = 0;
          const draw = (now: number) => {
            drawn += 1;
            box.scrollTop = ((now - begun) / 1000) * pixels;
            if (now - begun < during) requestAnimationFrame(draw);
            else resolve((drawn / (now - begun)) * 1000);
          };
          requestAnimationFrame(draw);
        }),
      { speed, during: SCROLLING_MS },
    );
  const idle = await count(0);
  return { frames: await count(SPEED), idle };
}
