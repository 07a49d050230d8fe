import { isJsonObject } from "#server/sandbox/kernel/wire.ts";
import type { Answer } from "./client.ts";
import { listDifferences } from "./differences.ts";
import { preconditions, type ReplayParts } from "./preconditions.ts";
import type { Capture, Exchange } from "./recording.ts";

export interface Outcome {
  exchange: string;
  /** Empty when the embedded cloud answered as the real one did. */
  differences: string[];
  /** Why the exchange was not sent; null when it was. */
  skipped: string | null;
}

export interface ReplayClock {
  set: (time: Date) => void;
}

/** Preconditions run a little before their capture, so a password reset never shares a second with a sign-in. */
const LEAD_MS = 2_000;

/** Sends every exchange of the recording in its order and at its time, and compares each answer. */
export async function replay(
  captures: readonly Capture[],
  parts: ReplayParts,
  clock: ReplayClock,
): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const capture of captures) {
    const at = new Date(capture.at).getTime();
    const prepare = preconditions[capture.capture];
    if (prepare !== undefined) {
      clock.set(new Date(at - LEAD_MS));
      await prepare(parts, capture);
    }
    clock.set(new Date(at));
    outcomes.push(...(await replayCapture(capture, parts)));
  }
  return outcomes;
}

async function replayCapture(capture: Capture, parts: ReplayParts): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  // Recorded commands signed in for themselves; one that did not had no token or a made-up one.
  let token = "gAAAAAbogus";
  for (const exchange of capture.exchanges) {
    const label = `${capture.capture} as ${capture.actor}: ${exchange.method} ${exchange.path} -> ${exchange.status}`;
    if (exchange.service === "placement") {
      outcomes.push({
        exchange: label,
        differences: [],
        skipped: "the embedded cloud has no Placement service",
      });
      continue;
    }
    const body = parts.credentials.fillIn(exchange, translated(exchange.body, parts), capture.capture);
    const answer = await parts.client.send({
      service: exchange.service,
      method: exchange.method,
      path: parts.ids.translate(exchange.path) + queryOf(exchange, parts),
      headers: headersOf(exchange, token),
      ...(body === undefined ? {} : { body }),
    });
    outcomes.push({ exchange: label, differences: compareAnswer(exchange, answer, parts), skipped: null });
    if (answer.status < 300) {
      parts.credentials.keepPassword(body, answer.body);
      parts.credentials.keepSecret(answer.body);
    }
    if (exchange.method === "POST") token = answer.headers["x-subject-token"] ?? token;
  }
  return outcomes;
}

function headersOf(exchange: Exchange, token: string): Record<string, string> {
  const headers = Object.entries(exchange.headers ?? {});
  return Object.fromEntries(headers.map(([name, value]) => [name, value === "<token>" ? token : value]));
}

function queryOf(exchange: Exchange, parts: ReplayParts): string {
  return exchange.query === undefined ? "" : `?${parts.ids.translate(exchange.query)}`;
}

function translated(body: unknown, parts: ReplayParts): unknown {
  return body === undefined ? undefined : JSON.parse(parts.ids.translate(JSON.stringify(body)));
}

function compareAnswer(exchange: Exchange, answer: Answer, parts: ReplayParts): string[] {
  if (answer.status !== exchange.status) {
    return [`status: expected ${exchange.status}, got ${answer.status} ${JSON.stringify(answer.body)}`];
  }
  const named = withServiceNames(answer.body, parts.sandbox.url);
  return [
    ...listDifferences(withoutPlacement(exchange.response ?? null), named, parts.ids),
    ...compareHeaders(exchange, answer, parts),
  ];
}

/** The catalog of a cloud without the Placement service does not list it. */
function withoutPlacement(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value
      .filter((entry: unknown) => !isJsonObject(entry) || entry["type"] !== "placement")
      .map(withoutPlacement);
  }
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withoutPlacement(inner)]));
}

function compareHeaders(exchange: Exchange, answer: Answer, parts: ReplayParts): string[] {
  const differences: string[] = [];
  for (const [name, recorded] of Object.entries(exchange.responseHeaders)) {
    const actual = answer.headers[name];
    if (actual === undefined) differences.push(`header ${name}: missing`);
    else if (name === "x-subject-token") continue;
    else {
      const named = withServiceNames(actual, parts.sandbox.url);
      const found = listDifferences(lowerType(name, recorded), lowerType(name, named), parts.ids);
      differences.push(...found.map((difference) => `header ${name}: ${difference}`));
    }
  }
  return differences;
}

/** Header values are compared as written, but for the case of a character set's name. */
function lowerType(name: string, value: unknown): unknown {
  return name === "content-type" && typeof value === "string" ? value.toLowerCase() : value;
}

/** "https://127.0.0.1:1234/identity" becomes "{identity}", as the recording has it. */
function withServiceNames(body: unknown, url: string): unknown {
  if (body === null) return null;
  const pattern = new RegExp(
    `${url.replaceAll(".", "\\.")}/(identity|compute|image|network|container-infra)`,
    "g",
  );
  return JSON.parse(JSON.stringify(body).replaceAll(pattern, "{$1}"));
}
