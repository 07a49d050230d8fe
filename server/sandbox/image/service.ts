import type { Handler, Service } from "#server/sandbox/kernel/router.ts";
import { glanceFault, glanceUnauthorized } from "./faults.ts";
import {
  createImage,
  deleteImage,
  listImages,
  listMembers,
  patchImage,
  showImage,
  uploadImage,
} from "./images.ts";

const minorVersions = [13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0];

const listVersions: Handler = (_request, world) => {
  const links = [{ rel: "self", href: `${world.settings.origin}/image/v2/` }];
  return {
    status: 300,
    body: {
      versions: [
        { id: "v2.15", status: "CURRENT", links },
        ...minorVersions.map((minor) => ({ id: `v2.${minor}`, status: "SUPPORTED", links })),
      ],
    },
  };
};

/** Glance v2: the image list with its filters, and enough of the rest to refuse as Glance refuses. */
export const imageService: Service = {
  type: "image",
  name: "glance",
  prefix: "/image",
  endpointPath: "",
  routes: [
    { method: "GET", pattern: "/", handler: listVersions, isPublic: true },
    { method: "GET", pattern: "/versions", handler: listVersions, isPublic: true },
    { method: "GET", pattern: "/v2/images", handler: listImages },
    { method: "POST", pattern: "/v2/images", handler: createImage },
    { method: "GET", pattern: "/v2/images/:imageId", handler: showImage },
    { method: "PATCH", pattern: "/v2/images/:imageId", handler: patchImage },
    { method: "DELETE", pattern: "/v2/images/:imageId", handler: deleteImage },
    { method: "GET", pattern: "/v2/images/:imageId/members", handler: listMembers },
    { method: "PUT", pattern: "/v2/images/:imageId/file", handler: uploadImage },
  ],
  unauthorized: glanceUnauthorized,
  notFound: (request) => glanceFault(request, 404, "The resource could not be found."),
};
