import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { stringify } from "yaml";
import { writeFileAtomically } from "./atomic-file.ts";

export interface CloudsFileInput {
  dataDir: string;
  authUrl: string;
  caFile: string;
  adminPassword: string;
  region: string;
  hypervisor: { url: string; tokenId: string; tokenSecret: string };
}

/** Writes clouds.yaml (OpenStack client configuration) with the cloud `embedded` and its hypervisor; returns its path. */
export async function writeCloudsFile(input: CloudsFileInput): Promise<string> {
  const file = join(input.dataDir, "clouds.yaml");
  const content = stringify({
    clouds: {
      embedded: {
        auth_type: "password",
        auth: {
          auth_url: input.authUrl,
          username: "admin",
          password: input.adminPassword,
          user_domain_name: "admin_domain",
          project_name: "admin",
          project_domain_name: "admin_domain",
        },
        region_name: input.region,
        identity_api_version: 3,
        interface: "public",
        cacert: input.caFile,
      },
      "embedded-hypervisor": {
        auth_type: "proxmox_api_token",
        auth: {
          auth_url: input.hypervisor.url,
          token_id: input.hypervisor.tokenId,
          token_secret: input.hypervisor.tokenSecret,
        },
        cacert: input.caFile,
      },
    },
  });
  await writeFileAtomically(file, content, 0o600);
  return file;
}

/** A random secret kept in a 0600 file: made at the first call, the same at every later one. */
export async function loadSecret(dataDir: string, name: string): Promise<string> {
  const file = join(dataDir, name);
  try {
    return (await readFile(file, "utf8")).trim();
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "ENOENT")) throw error;
  }
  const secret = randomBytes(24).toString("base64url");
  await writeFileAtomically(file, `${secret}\n`, 0o600);
  return secret;
}
