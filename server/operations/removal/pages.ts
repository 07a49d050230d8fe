import * as z from "zod";
import { DomainError } from "#server/domain/error/domain-error.ts";
import type { Service } from "#server/domain/plan/states.ts";
import { readBody } from "#server/openstack/wire/read.ts";
import type { CloudReader } from "../cloud-reader.ts";

/** Pages of one list that are followed: with a thousand rows each, more than a tenant can have. */
const PAGES_MAX = 200;

export interface ListTarget<T> {
  service: Service;
  /** With its query, without a marker. */
  path: string;
  /** Where the rows stand in the answer. */
  rows: string;
  row: z.ZodType<T>;
  headers?: Readonly<Record<string, string>>;
}

/**
 * Every row of a list, page after page. Throws CloudError for an answer that is no list, and DomainError for one that
 * cannot be read to its end: what is not on the pages that were read is not known to be absent.
 */
export async function listWhole<T>(reader: CloudReader, target: ListTarget<T>): Promise<T[]> {
  const all: T[] = [];
  const seen = new Set<string>();
  let path = target.path;
  for (let read = 0; read < PAGES_MAX; read += 1) {
    const { service, headers } = target;
    const answer = await reader.ask({ service, path, accept: [200], ...(headers ? { headers } : {}) });
    const body = readBody(page, answer);
    all.push(...(readBody(z.object({ [target.rows]: z.array(target.row) }), answer)[target.rows] ?? []));
    if (body.truncated === true) throw cutShort(target);
    const marker = nextMarker(body);
    if (marker === null) return all;
    // A page that leads back would be read for ever.
    if (marker === "" || seen.has(marker)) throw cutShort(target);
    seen.add(marker);
    path = `${target.path}${target.path.includes("?") ? "&" : "?"}marker=${encodeURIComponent(marker)}`;
  }
  throw cutShort(target);
}

/**
 * The marker of the next page; null when this is the last. Neutron and Nova add `<name>_links`, Glance and Magnum
 * `next`, Keystone `links.next`. Only the marker of such an address is used: it could lead anywhere.
 * https://docs.openstack.org/api-ref/network/v2/#pagination
 */
function nextMarker(body: Readonly<Record<string, unknown>>): string | null {
  const nexts = Object.entries(body).flatMap(([name, value]) => {
    if (name === "next") return [value];
    if (name === "links") return [keystoneLinks.safeParse(value).data?.next];
    if (!name.endsWith("_links")) return [];
    return (pageLinks.safeParse(value).data ?? [])
      .filter(({ rel }) => rel === "next")
      .map(({ href }) => href);
  });
  const next = nexts.find((href) => typeof href === "string" && href !== "");
  if (typeof next !== "string") return null;
  const url = URL.canParse(next, "https://page.invalid") ? new URL(next, "https://page.invalid") : null;
  return url?.searchParams.get("marker") ?? "";
}

const page = z.looseObject({ truncated: z.boolean().optional() });
const keystoneLinks = z.looseObject({ next: z.string().nullish() });
const pageLinks = z.array(z.looseObject({ rel: z.string(), href: z.string() }));

function cutShort({ service, path }: { service: Service; path: string }): DomainError {
  return new DomainError(
    "unavailable",
    `The ${service} service did not give all of ${path}. What is not on the pages that were read cannot be judged, so nothing was decided. Look at the service's list limit.`,
    { reason: "partial_list" },
  );
}
