import AxeBuilder from "@axe-core/playwright";
import { expect, type Page } from "@playwright/test";

/** Chromium's own line for an answer of 400 and more. Stories provoke refusals; the screens' checks do not ignore it. */
const REFUSED_REQUEST = /^Failed to load resource: the server responded with a status of (4\d\d|503)/;
const LOST_REQUEST = /^Failed to load resource: net::ERR_/;

/** What a page complained about: errors of its scripts, of its content security policy, dialogs nobody asked for. */
export class Complaints {
  private readonly said: string[] = [];

  listen(page: Page): void {
    page.on("pageerror", (error) => this.said.push(`${page.url()}: ${error.message}`));
    page.on("console", (message) => {
      if (message.type() === "error") this.said.push(message.text());
    });
    page.on("dialog", (dialog) => {
      this.said.push(`dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
  }

  /** Everything, also requests that were refused. */
  all(): readonly string[] {
    return this.said;
  }

  /** What no story may cause, whatever it provokes. */
  grave(): readonly string[] {
    return this.said.filter((line) => !REFUSED_REQUEST.test(line) && !LOST_REQUEST.test(line));
  }
}

/** Rules of axe whose verdict depends on colours, which are all that a theme changes. */
const COLOUR_RULES = ["color-contrast", "link-in-text-block"];

/** No violation of any rule of axe in the page as it stands, in this theme; or of these rules alone. */
export async function expectAccessible(page: Page, rules: string[] | null = null): Promise<void> {
  await atRest(page);
  // What passes is not described: nobody reads it, and to describe it costs more than to find it.
  const axe = new AxeBuilder({ page }).options({
    resultTypes: ["violations"],
    ...(rules === null ? {} : { runOnly: { type: "rule", values: rules } }),
  });
  // The other mode puts the answers of several frames together in a page of its own; the console has no frames.
  axe.setLegacyMode();
  const { violations } = await axe.analyze();
  const found = violations.map(
    ({ id, help, nodes }) => `${id}: ${help} (${nodes.map(({ target }) => target.join(" ")).join(", ")})`,
  );
  expect(found, `axe on ${page.url()}`).toEqual([]);
}

/**
 * What comes or changes its colour is looked at when it is there: half-way it has the contrast of neither.
 * It is put to its end, not waited for: a page that draws no frames never ends what moves.
 */
async function atRest(page: Page): Promise<void> {
  await page.evaluate(() => {
    for (const move of document.getAnimations())
      if (move.effect?.getComputedTiming().iterations !== Infinity) move.finish();
  });
}

async function inTheme(page: Page, colorScheme: "dark" | "light"): Promise<void> {
  await page.emulateMedia({ colorScheme });
  await expect(page.locator("html")).toHaveAttribute("data-theme", colorScheme);
}

/** The same in both themes, whose structure is one; leaves the light one. */
export async function expectAccessibleInBothThemes(page: Page): Promise<void> {
  await inTheme(page, "dark");
  await expectAccessible(page, COLOUR_RULES);
  await inTheme(page, "light");
  await expectAccessible(page);
}

/** Where nobody looks at them they are not taken: to draw a whole page costs most of what its checks do. */
const KEEPS_PICTURES = process.env["CI"] === undefined;

const NARROW = { width: 390, height: 844 };
const WIDE = { width: 1280, height: 800 };

/**
 * Accessible in both themes, without sideways scrolling at both widths; pictures are kept to be looked at. A theme's
 * colours are the same at every width.
 */
export async function expectScreen(page: Page, name: string): Promise<void> {
  await page.setViewportSize(NARROW);
  await expectAccessible(page);
  await expectFits(page, name);
  await page.setViewportSize(WIDE);
  await expectAccessibleInBothThemes(page);
  await expectFits(page, name);
}

async function expectFits(page: Page, name: string): Promise<void> {
  const width = page.viewportSize()?.width;
  const overflow = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
  expect(overflow, `sideways scrolling of ${name} at ${width} px`).toBeLessThanOrEqual(0);
  if (!KEEPS_PICTURES) return;
  for (const colorScheme of ["dark", "light"] as const) {
    await inTheme(page, colorScheme);
    // Hiding the caret writes a style on every field, which a page that still hydrates complains about.
    const path = `test-results/screens/${name} ${width} ${colorScheme}.png`;
    await page.screenshot({ path, fullPage: true, caret: "initial" });
  }
}
