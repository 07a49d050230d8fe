import { styleText } from "node:util";

/** Words for the person at the terminal. The structured log goes elsewhere. */

let isReaderGone = false;

/** A reader of stdout that goes away (`npm start | head`) must not end the console with EPIPE. */
export function surviveLostReader(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on("error", (error) => {
      if (!("code" in error) || (error.code !== "EPIPE" && error.code !== "EIO")) throw error;
      isReaderGone = true;
    });
  }
}

export function say(line: string): void {
  if (!isReaderGone) process.stdout.write(`${line}\n`);
}

type Style = "bold" | "dim" | "green" | "red" | "yellow" | "cyan";

/** Colour where the terminal shows it, NO_COLOR respected. */
export const paint = (style: Style, text: string) => styleText(style, text, { stream: process.stdout });

/** Runs one named part of the start and says how it went and how long it took. */
export async function step<T>(name: string, work: () => Promise<T>): Promise<T> {
  const startedAt = performance.now();
  const tellEnd = (mark: string) => {
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
    say(`  ${mark}  ${name.padEnd(34)}${paint("dim", `${seconds} s`.padStart(8))}`);
  };
  try {
    const result = await work();
    tellEnd(paint("green", "done"));
    return result;
  } catch (error) {
    tellEnd(paint("red", "fail"));
    throw error;
  }
}
