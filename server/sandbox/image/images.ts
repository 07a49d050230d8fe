import { newUuid } from "#server/sandbox/kernel/ids.ts";
import type { Handler, SandboxRequest, SandboxResponse } from "#server/sandbox/kernel/router.ts";
import { findString, isJsonObject, type JsonObject } from "#server/sandbox/kernel/wire.ts";
import type { World } from "#server/sandbox/kernel/world.ts";
import { glanceFault, unsupportedMediaType } from "./faults.ts";
import { describeContent, type ImageRecord } from "./state.ts";
import { imageView } from "./view.ts";

const DEFAULT_LIMIT = 25;
const MAX_LIMIT = 1000;
const PATCH_TYPE = /^application\/openstack-images-v2\.[01]-json-patch$/;
const visibilities = ["public", "private", "shared", "community"] as const;
/** Query parameters that page and sort instead of filtering. */
const paging = new Set(["limit", "marker", "sort_key", "sort_dir", "sort", "member_status"]);

export const listImages: Handler = (request, world) => {
  const matching = visibleImages(request, world)
    .filter((image) => isWanted(image, request.query))
    .toSorted((left, right) => (left.createdAt < right.createdAt ? 1 : -1));
  const marker = request.query.get("marker");
  const start = marker === null ? 0 : matching.findIndex((image) => image.id === marker) + 1;
  const limit = Math.min(Number(request.query.get("limit") ?? DEFAULT_LIMIT), MAX_LIMIT);
  const page = matching.slice(start, start + limit);
  const last = page.at(-1);
  const hasMore = last !== undefined && start + limit < matching.length;
  return {
    status: 200,
    body: {
      images: page.map(imageView),
      first: withQuery(withoutMarker(request.query)),
      ...(hasMore ? { next: withQuery(withMarker(request.query, last.id)) } : {}),
      schema: "/v2/schemas/images",
    },
  };
};

export const showImage: Handler = (request, world) => {
  const image = findVisible(request, world);
  return image === null ? imageNotFound(request) : { status: 200, body: imageView(image) };
};

export const createImage: Handler = (request, world) => {
  const given = isJsonObject(request.body) ? request.body : {};
  const id = findString(given, "id") ?? newUuid();
  const visibility = visibilities.find((name) => name === given["visibility"]) ?? "shared";
  if (visibility === "public" && !isAdmin(request)) {
    return glanceFault(request, 403, "You are not authorized to complete publicize_image action.");
  }
  if (world.image.images.some((image) => image.id === id)) {
    return glanceFault(request, 409, `Image ID ${id} already exists!`);
  }
  const image = newImage(given, { id, visibility, request });
  world.image.images.push(image);
  return {
    status: 201,
    headers: { Location: `${world.settings.origin}/image/v2/images/${id}` },
    body: imageView(image),
  };
};

/** Applies `replace`, `add` and `remove` to the name, the visibility and free properties. */
export const patchImage: Handler = (request, world) => {
  const type = (request.headers["content-type"] ?? "").split(";")[0]?.trim() ?? "";
  if (!PATCH_TYPE.test(type)) return unsupportedMediaType(request);
  const image = findVisible(request, world);
  if (image === null) return imageNotFound(request);
  if (!mayChange(request, image)) {
    return glanceFault(request, 403, "You are not authorized to complete modify_image action.");
  }
  const changes: unknown[] = Array.isArray(request.body) ? request.body : [];
  for (const change of changes) {
    if (!isJsonObject(change) || !applyChange(image, change)) {
      return glanceFault(request, 400, "Invalid JSON patch document.");
    }
  }
  image.updatedAt = request.now.toISOString();
  return { status: 200, body: imageView(image) };
};

export const deleteImage: Handler = (request, world) => {
  const image = findVisible(request, world);
  if (image === null) return glanceFault(request, 404, `Failed to find image ${idOf(request)} to delete`);
  if (!mayChange(request, image)) {
    return glanceFault(request, 403, "You are not authorized to complete delete_image action.");
  }
  if (image.isProtected) {
    return glanceFault(request, 403, `Image ${image.id} is protected and cannot be deleted.`);
  }
  world.image.images = world.image.images.filter((other) => other !== image);
  return { status: 204 };
};

/** Nobody shares an image in the embedded cloud, so nobody is a member of one. */
export const listMembers: Handler = (request, world) =>
  findVisible(request, world) === null
    ? imageNotFound(request)
    : { status: 200, body: { members: [], schema: "/v2/schemas/members" } };

export const uploadImage: Handler = (request, world) => {
  const image = findVisible(request, world);
  if (image === null) return imageNotFound(request);
  if (!mayChange(request, image)) {
    return glanceFault(request, 403, "You are not authorized to complete upload_image action.");
  }
  if (image.content !== null) {
    return glanceFault(request, 409, "Image status transition from active to saving is not allowed");
  }
  if (!Buffer.isBuffer(request.body)) return unsupportedMediaType(request);
  image.content = describeContent(request.body);
  image.status = "active";
  image.updatedAt = request.now.toISOString();
  return { status: 204 };
};

function newImage(
  given: JsonObject,
  base: Pick<ImageRecord, "id" | "visibility"> & { request: SandboxRequest },
): ImageRecord {
  const own = new Set(["id", "name", "visibility", "disk_format", "container_format", "min_disk", "min_ram"]);
  own.add("protected").add("tags");
  const free = Object.entries(given).filter(
    (entry): entry is [string, string] => !own.has(entry[0]) && typeof entry[1] === "string",
  );
  const time = base.request.now.toISOString();
  const tags: unknown[] = Array.isArray(given["tags"]) ? given["tags"] : [];
  return {
    id: base.id,
    name: findString(given, "name"),
    visibility: base.visibility,
    status: "queued",
    ownerProjectId: projectOf(base.request),
    diskFormat: findString(given, "disk_format"),
    containerFormat: findString(given, "container_format"),
    minDisk: typeof given["min_disk"] === "number" ? given["min_disk"] : 0,
    minRam: typeof given["min_ram"] === "number" ? given["min_ram"] : 0,
    isProtected: given["protected"] === true,
    tags: tags.filter((tag) => typeof tag === "string"),
    properties: Object.fromEntries(free),
    content: null,
    createdAt: time,
    updatedAt: time,
  };
}

function applyChange(image: ImageRecord, change: JsonObject): boolean {
  const { op, path, value } = change;
  if (typeof path !== "string" || !/^\/[^/]+$/.test(path)) return false;
  const key = path.slice(1);
  if (op === "remove") return delete image.properties[key];
  if ((op !== "add" && op !== "replace") || typeof value !== "string") return false;
  if (key === "name") image.name = value;
  else if (key === "visibility") image.visibility = visibilities.find((name) => name === value) ?? "shared";
  else image.properties[key] = value;
  return true;
}

function isWanted(image: ImageRecord, query: URLSearchParams): boolean {
  const document = imageView(image);
  for (const [key, value] of query) {
    if (paging.has(key) || (key === "visibility" && value === "all")) continue;
    if (key === "tag") {
      if (!image.tags.includes(value)) return false;
      continue;
    }
    const allowed = value.startsWith("in:") ? value.slice(3).split(",") : [value];
    const actual = document[key];
    if (!allowed.some((wanted) => wanted.toLowerCase() === String(actual).toLowerCase())) return false;
  }
  return true;
}

/** Community images are listed only on request; an administrator's list is no exception. */
function visibleImages(request: SandboxRequest, world: World): ImageRecord[] {
  const asksCommunity = ["community", "all"].includes(request.query.get("visibility") ?? "");
  return world.image.images.filter((image) => {
    if (image.visibility === "community" && !asksCommunity)
      return image.ownerProjectId === projectOf(request);
    return canSee(request, image);
  });
}

function canSee(request: SandboxRequest, image: ImageRecord): boolean {
  const isOpen = image.visibility === "public" || image.visibility === "community";
  return isOpen || mayChange(request, image);
}

function mayChange(request: SandboxRequest, image: ImageRecord): boolean {
  const projectId = projectOf(request);
  return isAdmin(request) || (projectId !== null && image.ownerProjectId === projectId);
}

function findVisible(request: SandboxRequest, world: World): ImageRecord | null {
  const image = world.image.images.find((candidate) => candidate.id === idOf(request));
  return image !== undefined && canSee(request, image) ? image : null;
}

function imageNotFound(request: SandboxRequest): SandboxResponse {
  return glanceFault(request, 404, `No image found with ID ${idOf(request)}`);
}

function idOf(request: SandboxRequest): string {
  return request.params["imageId"] ?? "";
}

function projectOf(request: SandboxRequest): string | null {
  return request.token?.scope.kind === "project" ? request.token.scope.projectId : null;
}

function isAdmin(request: SandboxRequest): boolean {
  return request.token?.roles.some((role) => role.name === "admin") ?? false;
}

function withQuery(query: URLSearchParams): string {
  const text = query.toString();
  return text === "" ? "/v2/images" : `/v2/images?${text}`;
}

function withMarker(query: URLSearchParams, marker: string): URLSearchParams {
  const next = new URLSearchParams(query);
  next.set("marker", marker);
  return next;
}

function withoutMarker(query: URLSearchParams): URLSearchParams {
  const first = new URLSearchParams(query);
  first.delete("marker");
  return first;
}
