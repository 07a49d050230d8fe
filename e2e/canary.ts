import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { text } from "node:stream/consumers";
import type { Page, Response } from "@playwright/test";
import { decode } from "next-auth/jwt";
import type { Connection } from "#db/client.ts";
import type { SecretName } from "#server/domain/secret/names.ts";
import { createSealer } from "#server/runner/sealing.ts";
import { readPeople } from "#server/supervisor/people-file.ts";
import { processesOf } from "./processes.ts";

/** Where a secret was found, and which one by its name. The value is in no message. */
export interface Finding {
  place: string;
  secret: string;
}

interface Kept {
  name: string;
  /** Settings are handed to processes by their environment: there they may stand. */
  isSetting: boolean;
}

/** Kept on purpose, readable by their owner alone: where each secret of the installation lives. */
const OWN_FILES = ["app-role-password", "auth-secret", "seal-key", "people.txt"];
/** The embedded cloud's own state: a real cloud knows its passwords too. */
const CLOUD_FOLDER = "cloud";
/** The one answer that hands over a generated password, to the admin who has made the account. */
const HANDED_OVER = /\/api\/trpc\/people\.add(\?|$)/;
const TEXT_ANSWER = /^(text\/(?!event-stream)|application\/json)/;
/** Shorter ones stand in ordinary text by chance. */
const SECRET_MIN = 8;
const SAMPLE_MS = 2_000;

/**
 * Remembers every secret that a console made or was given, and looks for each of them, however it is spelt, in whatever
 * the console has left: tables, files, logs, answers, processes.
 */
export class Canary {
  private readonly secrets = new Map<string, Kept>();
  private readonly folder = mkdtempSync(join(tmpdir(), "countersign-canary-"));
  private readonly seen = new Set<string>();
  private readonly timer: ReturnType<typeof setInterval>;
  private readonly console: { dataDir: string; pid: number };

  constructor(console: { dataDir: string; pid: number }) {
    this.console = console;
    this.sample();
    this.timer = setInterval(() => this.sample(), SAMPLE_MS).unref();
  }

  remember(name: string, value: string, { isSetting = false } = {}): void {
    if (value.length >= SECRET_MIN) this.secrets.set(value, { name, isSetting });
  }

  /** Records what the console answers to this page, and the session cookies that it gets. */
  listen(page: Page): void {
    page.on("response", (response) => void this.record(response));
  }

  async keepCookies(page: Page): Promise<void> {
    for (const { name, value } of await page.context().cookies()) {
      if (name.endsWith("session-token")) await this.keepSession(value);
    }
  }

  /** The same for a client of the API: the Cookie header that it sends. */
  async keepCookieHeader(header: string): Promise<void> {
    for (const [, value = ""] of header.matchAll(/session-token=([^;]+)/g)) await this.keepSession(value);
  }

  /** Of a private key only what is secret: its first lines hold the public half, which stands in many places. */
  keepPrivateKey(text: string): void {
    const body = text.split("\n").filter((line) => line !== "" && !line.startsWith("-----"));
    this.remember("a private key for signing", body.slice(3).join("\n"));
  }

  /** Ends the watch and answers what was found. */
  async search(sql: Connection["sql"]): Promise<Finding[]> {
    this.sample();
    clearInterval(this.timer);
    await this.gather(sql);
    await this.dump(sql);
    try {
      const { dataDir } = this.console;
      const spellings = this.spellings();
      const found = [
        ...(await grep(this.folder, spellings)).map((hit) => ({
          ...hit,
          place: `what it left: ${hit.file}`,
        })),
        ...(await grep(dataDir, spellings, [...OWN_FILES, CLOUD_FOLDER])).map((hit) => ({
          ...hit,
          place: `data folder: ${hit.file}`,
        })),
      ];
      const findings = found.flatMap(({ file, place, matched }) => {
        const kept = spellings.get(matched);
        if (kept === undefined || (kept.isSetting && file === "environ")) return [];
        return [{ place, secret: kept.name }];
      });
      return [...new Map(findings.map((each) => [JSON.stringify(each), each])).values()];
    } finally {
      rmSync(this.folder, { recursive: true, force: true });
    }
  }

  private async keepSession(value: string): Promise<void> {
    this.remember("a session cookie", value);
    const secret = readFileSync(join(this.console.dataDir, "auth-secret"), "utf8").trim();
    const token = await decode({ token: value, secret });
    if (typeof token?.["sid"] === "string") this.remember("the secret of a session", token["sid"]);
  }

  private async record(response: Response): Promise<void> {
    const method = response.request().method();
    const type = response.headers()["content-type"] ?? "";
    if (!TEXT_ANSWER.test(type) || HANDED_OVER.test(response.url())) return;
    // A page that has gone takes its answers with it.
    const body = await response.body().catch(() => null);
    if (body === null) return;
    const path = new URL(response.url()).pathname.replaceAll(/[^\w.-]+/g, "_").slice(0, 80);
    appendFileSync(join(this.folder, `answer-${method}-${path}`), Buffer.concat([body, Buffer.from("\n")]));
  }

  private sample(): void {
    for (const { kind, content } of processesOf(this.console.pid)) {
      const key = createHash("sha256").update(content).digest("hex");
      if (this.seen.has(key)) continue;
      this.seen.add(key);
      appendFileSync(join(this.folder, kind), Buffer.concat([content, Buffer.from("\n")]));
    }
  }

  /** Secrets that the console keeps: those of the installation, of its people, and what the runner has sealed. */
  private async gather(sql: Connection["sql"]): Promise<void> {
    const { dataDir } = this.console;
    const kept = (file: string) => readFileSync(join(dataDir, file), "utf8").trim();
    for (const file of ["app-role-password", "auth-secret", "seal-key"]) {
      this.remember(file, kept(file), { isSetting: true });
    }
    for (const { name, password } of readPeople(dataDir)) this.remember(`the password of ${name}`, password);
    const sealer = createSealer(Buffer.from(kept("seal-key"), "base64"));
    const rows = await sql<
      { id: string; tenantId: string; name: SecretName; version: number; sealed: Buffer }[]
    >`select id, tenant_id as "tenantId", name, version, sealed from secret where sealed is not null`;
    for (const { sealed, ...binding } of rows) {
      this.remember(`the sealed ${binding.name} of a tenant`, sealer.open(sealed, binding));
    }
  }

  /** Every row of every table as text; bytes come as hex, which is one of the spellings. */
  private async dump(sql: Connection["sql"]): Promise<void> {
    const tables = await sql<{ name: string }[]>`
      select tablename as name from pg_tables where schemaname = 'public'`;
    for (const { name } of tables) {
      const rows = await sql<{ row: string }[]>`select t::text as row from ${sql(name)} t`;
      writeFileSync(join(this.folder, `table-${name}`), rows.map(({ row }) => row).join("\n"));
    }
  }

  private spellings(): Map<string, Kept> {
    const all = new Map<string, Kept>();
    for (const [value, kept] of this.secrets) {
      // A key of several lines is recognised by any of them.
      for (const line of value.split(/\r?\n/).filter(({ length }) => length >= SECRET_MIN)) {
        if (!line.startsWith("-----")) for (const spelling of spellingsOf(line)) all.set(spelling, kept);
      }
    }
    return all;
  }
}

/** A text as logs, answers, tables and addresses may carry it. */
function spellingsOf(value: string): Set<string> {
  const bytes = Buffer.from(value);
  const shifted = [0, 1, 2].map((offset) => {
    const encoded = Buffer.concat([Buffer.alloc(offset), bytes]).toString("base64");
    // The first and last characters depend on what stands beside the secret.
    return encoded.slice(Math.ceil((offset * 8) / 6), Math.floor(((offset + bytes.length) * 8) / 6));
  });
  const hex = bytes.toString("hex");
  const plain = [
    value,
    JSON.stringify(value).slice(1, -1),
    encodeURIComponent(value),
    hex,
    hex.toUpperCase(),
  ];
  const url = shifted.map((each) => each.replaceAll("+", "-").replaceAll("/", "_"));
  const percent = shifted.map((each) => encodeURIComponent(each));
  const quoted = [value.replaceAll("'", "'\\''"), value.replaceAll("&", "&amp;")];
  return new Set(
    [...plain, ...shifted, ...url, ...percent, ...quoted].filter((each) => each.length >= SECRET_MIN),
  );
}

/** Every file below a folder that holds one of the texts; with thousands of them in one pass. */
async function grep(
  folder: string,
  texts: ReadonlyMap<string, Kept>,
  without: readonly string[] = [],
): Promise<{ file: string; matched: string }[]> {
  const below = readdirSync(folder).filter((name) => !without.includes(name));
  if (below.length === 0 || texts.size === 0) return [];
  // Sockets and locks of a running database are skipped; the texts come by stdin, so that no process list shows them.
  const args = ["-raoFZHs", "-D", "skip", "-f", "-", "--", ...below.map((name) => join(folder, name))];
  const env = { ...process.env, LC_ALL: "C" };
  const child = spawn("grep", args, { stdio: ["pipe", "pipe", "inherit"], env });
  child.stdin.end(`${[...texts.keys()].join("\n")}\n`);
  const lines = (await text(child.stdout)).split("\n").filter((line) => line !== "");
  return lines.map((line) => {
    const [file = "", matched = ""] = line.split("\0");
    return { file: relative(folder, file), matched };
  });
}
