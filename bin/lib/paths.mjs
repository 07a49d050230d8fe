import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The project folder. Written for Node 18, like everything that runs before the right Node is known. */
export const root = join(dirname(fileURLToPath(import.meta.url)), "../..");

export const inRoot = (...parts) => join(root, ...parts);
