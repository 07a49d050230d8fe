import * as z from "zod";
import type { OperationDefinition } from "./definition.ts";

export const kubeImageFind = {
  id: "image.kube.find",
  version: 1,
  effect: "read",
  title: "Find the public image for clusters",
  parameters: z.strictObject({}),
  outputs: ["id", "name", "kube_version", "os_distro", "visibility", "status"],
} as const satisfies OperationDefinition;
