import { readdirSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { type Browser, chromium, type Page } from "@playwright/test";
import { connect } from "#db/client.ts";
import { signInOnPage } from "#e2e/people.ts";
import { ownerUrl } from "#e2e/console.ts";
import { demoPerson } from "#server/demo/console.ts";
import { runStages, startTenant } from "#server/demo/onboard.ts";
import { DEFAULT_TENANT_INPUTS } from "#server/domain/tenant/schema.ts";
import type { Bench } from "./bench.ts";
import { type Figure, percentile } from "./figure.ts";

const LINES = 1_000_000;
/** Bytes of a line with its end: a hundred megabytes in all. */
const LINE_BYTES = 100;
const VIEWERS = 5;
const OPENS = 3;
/** Found nowhere, once near the end, in every thousandth line, in every line, and in another case. */
const SEARCHES = ["no such words", "needle-7f3a", "checkpoint", "worker", "NEEDLE-7F3A", "_%_"];
const MIB = 1024 * 1024;

/**
 * A job that printed a million lines, looked at by five people at once: from the address to a first line and a field that
 * heeds what is typed, a search over all of it, and what the web process has grown by after all five looked around.
 */
export async function measureOutputViewer(bench: Bench): Promise<Figure[]> {
  const jobId = await longOutput(bench);
  const executablePath = process.env["CHROMIUM_PATH"];
  const browser = await chromium.launch({
    ...(executablePath === undefined ? {} : { executablePath }),
    args: process.getuid?.() === 0 ? ["--no-sandbox"] : [],
  });
  try {
    const viewers = await seat(browser, bench);
    const path = `/jobs/${jobId}`;
    for (const page of viewers) await open(page, path);
    // What the first reads leave behind is there before what is counted.
    const web = webProcess();
    const before = memoryOf(web);
    let most = before;
    const watch = setInterval(() => (most = Math.max(most, memoryOf(web))), 100);
    const opens: number[] = [];
    for (let round = 0; round < OPENS; round += 1)
      for (const page of viewers) opens.push(await open(page, path));
    const searches: { text: string; ms: number }[] = [];
    for (const text of SEARCHES)
      for (const page of viewers.slice(0, 2)) searches.push({ text, ms: await search(page, text) });
    const together = await Promise.all(viewers.map((page, at) => lookAround(page, at)));
    clearInterval(watch);
    return [
      {
        name: `output of ${LINES} lines open in one of ${VIEWERS} viewers, p95`,
        measured: percentile(opens, 0.95),
        bound: 500,
        unit: "ms",
        note: `p50 ${percentile(opens, 0.5).toFixed(0)} ms over ${opens.length} loads`,
      },
      {
        name: "a search over it, slowest",
        measured: Math.max(...searches.map(({ ms }) => ms)),
        bound: 1000,
        unit: "ms",
        note: searches.map(({ text, ms }) => `${text} ${ms.toFixed(0)}`).join(", "),
      },
      {
        name: `five viewers go to far lines at once, slowest`,
        measured: Math.max(...together.flat()),
        bound: 500,
        unit: "ms",
        note: `p50 ${percentile(together.flat(), 0.5).toFixed(0)} ms`,
      },
      {
        name: "memory that the web grew by meanwhile",
        measured: Math.max(0, most - before) / MIB,
        bound: 64,
        unit: "MiB",
        note: `from ${(before / MIB).toFixed(0)} MiB`,
      },
    ];
  } finally {
    await browser.close();
  }
}

/** A job that has run, with far more lines than it printed; they come past the console. */
async function longOutput(bench: Bench): Promise<string> {
  const cast = { ...bench, say: () => undefined };
  const inputs = { ...DEFAULT_TENANT_INPUTS, cidr: "10.20.9.0/24" };
  const started = await startTenant(cast, { slug: "bench-output", cloud: "embedded", inputs });
  await runStages(cast, { ...started, stages: started.stages.slice(0, 1) });
  const { jobs } = await bench.operator.api.jobs.list.query({
    filter: "finished",
    tenantId: started.tenantId,
    before: null,
  });
  const jobId = jobs[0]?.id ?? "";
  const owner = connect(ownerUrl(bench.dataDir), { max: 1 });
  await owner.sql.begin(async (tx) => {
    await tx`set local statement_timeout = 0`;
    await tx`
      insert into output_line (job_id, seq, step_id, stream, text, at)
      select ${jobId}, last + n, null, 'stdout',
        rpad(to_char(n, 'FM0000000') || ' worker ' || n % 16 || case
          when n = ${LINES - 20} then ' needle-7f3a' when n % 1000 = 0 then ' checkpoint' else ' unit' end || ' ',
          ${LINE_BYTES - 1}, md5(n::text)), now()
      from generate_series(1, ${LINES}::int) n,
        (select coalesce(max(seq), 0) as last from output_line where job_id = ${jobId}) as printed`;
  });
  await owner.sql`vacuum analyze output_line`;
  await owner.close();
  return jobId;
}

async function seat(browser: Browser, { origin, dataDir }: Bench): Promise<Page[]> {
  const viewers: Page[] = [];
  const names = ["Olivia Operator", "Oscar Operator", "Rita Reviewer", "Aurel Auditor", "Rita Reviewer"];
  for (const name of names.slice(0, VIEWERS)) {
    const context = await browser.newContext({ baseURL: origin, viewport: { width: 1280, height: 800 } });
    const page = await context.newPage();
    await signInOnPage(page, demoPerson(dataDir, name));
    viewers.push(page);
  }
  return viewers;
}

/** Until the first line is there and the field to search in does what is typed: drawn and alive. */
async function open(page: Page, path: string): Promise<number> {
  await page.goto("about:blank");
  const begun = performance.now();
  await page.goto(path, { waitUntil: "commit" });
  await page.locator('[data-line="1"]').waitFor();
  await page.waitForFunction(() => {
    document.body.dispatchEvent(new KeyboardEvent("keydown", { key: "/", bubbles: true, cancelable: true }));
    return document.activeElement?.hasAttribute("data-search-field") === true;
  });
  return performance.now() - begun;
}

async function search(page: Page, text: string): Promise<number> {
  const field = page.getByRole("textbox", { name: "Search the output" });
  await field.fill("");
  const begun = performance.now();
  await field.fill(text);
  await page
    .getByRole("search")
    .getByRole("status")
    .filter({ hasText: /None|\d/ })
    .waitFor();
  return performance.now() - begun;
}

/** Goes to lines far apart, and says how long each took to be there. */
async function lookAround(page: Page, who: number): Promise<number[]> {
  const took: number[] = [];
  const lines = [0.5, 0.99, 0.2, 0.75, 0.05].map((part) => Math.floor(part * LINES) + who * 1000);
  for (const line of lines) {
    const field = page.getByRole("textbox", { name: "Go to line" });
    const begun = performance.now();
    await field.fill(String(line));
    await field.press("Enter");
    await page
      .locator(`[data-index="${line - 1}"]`)
      .filter({ hasText: "worker" })
      .waitFor();
    took.push(performance.now() - begun);
    await sleep(20);
  }
  return took;
}

/** The web process of the console that was started here. */
function webProcess(): number {
  const parents = new Map<number, number>();
  const webs: number[] = [];
  for (const name of readdirSync("/proc").filter((entry) => /^\d+$/.test(entry))) {
    const pid = Number(name);
    parents.set(pid, Number(/^PPid:\s+(\d+)/m.exec(readProc(pid, "status"))?.[1] ?? 0));
    if (/next-server|dist\/web\.js/.test(readProc(pid, "cmdline"))) webs.push(pid);
  }
  const isOurs = (pid: number): boolean => pid > 1 && (pid === process.pid || isOurs(parents.get(pid) ?? 0));
  const web = webs.find(isOurs);
  if (web === undefined) throw new Error("The web process was not found.");
  return web;
}

/** Bytes that a process holds in memory (proc_pid_status(5), VmRSS). */
const memoryOf = (pid: number): number =>
  Number(/^VmRSS:\s+(\d+) kB/m.exec(readProc(pid, "status"))?.[1] ?? 0) * 1024;

function readProc(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, "utf8");
  } catch {
    // It ended while it was looked at.
    return "";
  }
}
