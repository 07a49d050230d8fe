const isTerminal = process.stdout.isTTY === true;
const isColoured = isTerminal && !process.env.NO_COLOR;
const TICK_MS = 1000;

const colour = (code) => (text) => (isColoured ? `\u001b[${code}m${text}\u001b[0m` : text);
export const green = colour(32);
export const red = colour(31);
export const dim = colour(2);

let isReaderGone = false;
process.stdout.on("error", (error) => {
  if (error.code !== "EPIPE") throw error;
  isReaderGone = true;
});

export function say(line) {
  if (!isReaderGone) process.stdout.write(`${line}\n`);
}

const seconds = (since) => `${((performance.now() - since) / 1000).toFixed(1)} s`;

function line(mark, name, startedAt) {
  return `  ${mark}  ${name.padEnd(34)}${dim(seconds(startedAt).padStart(8))}`;
}

/** Runs one named part of the work; shows while it runs, and afterwards, how long it takes. */
export async function task(name, work) {
  const startedAt = performance.now();
  const show = () => isTerminal && process.stdout.write(`\r${line(dim("...."), name, startedAt)}`);
  if (!isTerminal) say(`  ....  ${name}`);
  show();
  const timer = setInterval(show, TICK_MS);
  try {
    const result = await work();
    clearInterval(timer);
    say(`${isTerminal ? "\r" : ""}${line(green("done"), name, startedAt)}`);
    return result;
  } catch (error) {
    clearInterval(timer);
    say(`${isTerminal ? "\r" : ""}${line(red("fail"), name, startedAt)}`);
    throw error;
  }
}
