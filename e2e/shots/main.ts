import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { type Browser, chromium, type Page } from "@playwright/test";
import { demoPerson } from "#server/demo/console.ts";
import { startConsole } from "../console.ts";
import { signInOnPage } from "../people.ts";
import { type Screen, screensOf } from "./screens.ts";
import { SceneBuilder } from "./scene.ts";

/**
 * Pictures of every screen, light and dark, 1280 and 390 wide, into test-results/shots/; a few of them, sharper, into
 * public/shots/ for the README with --readme. Names given as arguments take only those.
 */

const ROOT = join(import.meta.dirname, "../..");
const EVERY = join(ROOT, "test-results/shots");
const README = join(ROOT, "public/shots");
const WIDTHS = [
  { width: 1280, height: 800 },
  { width: 390, height: 844 },
] as const;
const THEMES = ["light", "dark"] as const;

const names = process.argv.slice(2).filter((argument) => !argument.startsWith("--"));
const isForReadme = process.argv.includes("--readme");

async function take(page: Page, screen: Screen, file: string): Promise<void> {
  await page.evaluate(() => document.fonts.ready);
  await page.screenshot({ path: file, fullPage: !file.startsWith(README), animations: "disabled" });
  process.stdout.write(`  ${screen.name}  ${file}\n`);
}

async function show(page: Page, screen: Screen): Promise<void> {
  await page.goto(screen.path, { waitUntil: "networkidle" }).catch(() => page.goto(screen.path));
  await screen.open?.(page);
}

type Seats = { console: { origin: string; dataDir: string }; browser: Browser };

async function sit(seats: Seats, who: Screen["who"], sharpness: number): Promise<Page> {
  const context = await seats.browser.newContext({
    baseURL: seats.console.origin,
    deviceScaleFactor: sharpness,
  });
  const page = await context.newPage();
  if (who !== null) await signInOnPage(page, demoPerson(seats.console.dataDir, who));
  return page;
}

async function takeAll(seats: Seats, screens: readonly Screen[]): Promise<void> {
  const pages = new Map<Screen["who"], Page>();
  for (const screen of screens) {
    const page = pages.get(screen.who) ?? (await sit(seats, screen.who, 1));
    pages.set(screen.who, page);
    for (const { width, height } of WIDTHS) {
      await page.setViewportSize({ width, height });
      await show(page, screen);
      for (const colorScheme of THEMES) {
        await page.emulateMedia({ colorScheme });
        await take(page, screen, join(EVERY, `${screen.name}-${width}-${colorScheme}.png`));
      }
    }
  }
}

async function takeForReadme(seats: Seats, screens: readonly Screen[]): Promise<void> {
  for (const screen of screens) {
    if (screen.readme === undefined) continue;
    const page = await sit(seats, screen.who, 1.5);
    await page.setViewportSize(WIDTHS[0]);
    await page.emulateMedia({ colorScheme: screen.readme });
    await show(page, screen);
    await take(page, screen, join(README, `${screen.name}-${screen.readme}.png`));
    await page.context().close();
  }
}

for (const folder of [EVERY, README]) mkdirSync(folder, { recursive: true });
const running = await startConsole({ name: "shots" });
const executablePath = process.env["CHROMIUM_PATH"];
const browser = await chromium.launch({
  ...(executablePath === undefined ? {} : { executablePath }),
  args: process.getuid?.() === 0 ? ["--no-sandbox"] : [],
});
try {
  const builder = await SceneBuilder.on(running);
  const screens = screensOf(await builder.build()).filter(
    ({ name }) => names.length === 0 || names.includes(name),
  );
  const seats = { console: running, browser };
  if (isForReadme) await takeForReadme(seats, screens);
  await takeAll(seats, screens);
  await builder.close();
} finally {
  await browser.close();
  await running.stop();
}
