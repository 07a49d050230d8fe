import { log } from "#server/log.ts";
import { listLeftFolders, removeFolder } from "./private-folder.ts";
import { sweep } from "./survivors.ts";

/** No process is of this group: what is looked for has lost its shell. */
const NO_GROUP = -1;

/**
 * Ends what blocks of an earlier life of this runner may have left on this host, found by the folders they had, and
 * takes those away. Resolves to the runs concerned. For a start, before the first block; `isLive` tells the runs of
 * other runners of this host.
 */
export async function endLeftProcesses(isLive: (runId: string) => boolean): Promise<string[]> {
  const left = (await listLeftFolders()).filter(({ runId }) => !isLive(runId));
  for (const { runId, path } of left) {
    const survivors = await sweep({ runId, folder: path, groupId: NO_GROUP });
    if (survivors.length > 0) log.error({ runId, survivors }, "processes of an earlier run cannot be ended");
    else await removeFolder(path);
  }
  return [...new Set(left.map(({ runId }) => runId))];
}
