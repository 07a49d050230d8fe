import { isJsonObject, type JsonObject } from "#server/sandbox/kernel/wire.ts";
import type { SandboxResponse } from "#server/sandbox/kernel/router.ts";
import type { NeutronCall } from "./call.ts";
import { badRequest, shownValue } from "./faults.ts";

const paging = new Set(["fields", "limit", "marker", "sort_key", "sort_dir", "page_reverse"]);

/** A collection answer: filtered by every known attribute in the query, by id unless sorted otherwise. */
export function listAnswer(
  call: NeutronCall,
  collection: { name: string; filters: ReadonlySet<string> },
  views: readonly JsonObject[],
): SandboxResponse {
  const { query } = call.request;
  const asked = new Set([...query.keys()].filter((key) => !paging.has(key)));
  const unknown = [...asked].filter((key) => !collection.filters.has(key));
  if (unknown.length > 0) {
    const names = unknown.map((key) => `'${key}'`).join(", ");
    throw badRequest(`[${names}] is invalid attribute for filtering`);
  }
  const matching = views.filter((view) =>
    [...asked].every((key) => query.getAll(key).some((wanted) => isMatch(view[key], wanted))),
  );
  const sorted = matching.toSorted(byKey(query.get("sort_key") ?? "id", query.get("sort_dir") === "desc"));
  const marker = query.get("marker");
  const start = marker === null ? 0 : sorted.findIndex((view) => view["id"] === marker) + 1;
  const limit = Number(query.get("limit") ?? Number.POSITIVE_INFINITY);
  const page = sorted.slice(start, start + limit);
  return { status: 200, body: { [collection.name]: page.map((view) => withFields(call, view)) } };
}

export function showAnswer(call: NeutronCall, name: string, view: JsonObject): SandboxResponse {
  return { status: 200, body: { [name]: withFields(call, view) } };
}

function withFields(call: NeutronCall, view: JsonObject): JsonObject {
  const fields = call.request.query.getAll("fields");
  if (fields.length === 0) return view;
  return Object.fromEntries(Object.entries(view).filter(([key]) => fields.includes(key)));
}

/** fixed_ips is filtered as "ip_address=10.0.0.1" or "subnet_id=..."; plain values by their text. */
function isMatch(value: unknown, wanted: string): boolean {
  if (Array.isArray(value)) {
    const [key, text] = wanted.split("=");
    return value.some((entry: unknown) =>
      isJsonObject(entry) && key !== undefined ? entry[key] === text : entry === wanted,
    );
  }
  if (typeof value === "boolean") return String(value) === wanted.toLowerCase();
  return (value ?? "") === wanted || shownValue(value) === wanted;
}

function byKey(key: string, isDescending: boolean): (left: JsonObject, right: JsonObject) => number {
  return (left, right) => {
    const order = String(left[key]) < String(right[key]) ? -1 : 1;
    return isDescending ? -order : order;
  };
}
