import type { CloudConfig } from "#server/openstack/cloud-config.ts";
import { getCloud } from "#server/openstack/clouds.ts";
import { CloudConfigError } from "#server/openstack/clouds-file.ts";

/** Name of the cloud that the console brings along. */
const EMBEDDED = "embedded";

/** Its hypervisor, which comes along with it. */
const EMBEDDED_HYPERVISOR = "embedded-hypervisor";

/** The clouds of the settings' list. One that is badly described is told and left out; the others work. */
export function loadClouds(given: {
  names: readonly string[];
  clientConfigFile: string | null;
  embeddedCloudsFile: string | null;
  workingDir: string;
  homeDir: string;
}): { clouds: Map<string, CloudConfig>; problems: string[] } {
  const { workingDir, homeDir } = given;
  const clouds = new Map<string, CloudConfig>();
  const problems: string[] = [];
  const hasEmbedded = given.names.includes(EMBEDDED) && given.embeddedCloudsFile !== null;
  const names = new Set([...given.names, ...(hasEmbedded ? [EMBEDDED_HYPERVISOR] : [])]);
  for (const name of names) {
    const isEmbedded = hasEmbedded && (name === EMBEDDED || name === EMBEDDED_HYPERVISOR);
    const clientConfigFile = isEmbedded ? given.embeddedCloudsFile : given.clientConfigFile;
    try {
      clouds.set(name, getCloud({ clientConfigFile, workingDir, homeDir }, name));
    } catch (error) {
      if (!(error instanceof CloudConfigError)) throw error;
      problems.push(error.message);
    }
  }
  return { clouds, problems };
}
