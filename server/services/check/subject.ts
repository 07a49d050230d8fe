import { desc, eq, inArray } from "drizzle-orm";
import type { Db, Tx } from "#db/client.ts";
import { checkSetting } from "#db/schema/check.ts";
import { blockDigest, type CheckBlock, findCheckBlock } from "#server/domain/check/block.ts";
import { type CheckSettings, DEFAULT_SETTINGS } from "#server/domain/check/schema.ts";
import { DomainError } from "#server/domain/error/domain-error.ts";
import { findDenied } from "#server/domain/host/denied.ts";
import { identityOf } from "#server/domain/host/host.ts";
import { holdHosts, hostCalled, type HostNow, listHosts } from "../host/rows.ts";
import { type ItemRow, lockItem } from "../item/change-item.ts";

/** A check as it would run now, or why it would not. */
export interface CheckSubject {
  item: ItemRow;
  settings: CheckSettings;
  /** Number of these settings; 0 where nobody has set any. */
  settingsNumber: number;
  block: CheckBlock | null;
  host: (HostNow & { identity: string }) | null;
  digest: string | null;
  /** What keeps it from being attested and run at all. */
  obstacle: { reason: SubjectObstacle; says: string } | null;
}

type SubjectObstacle = "no_block" | "no_host" | "denied_command" | "denied_name" | "retired";

/** Everything that a digest is made of, as it is now. */
export async function readCheck(db: Db | Tx, item: ItemRow): Promise<CheckSubject> {
  return checkOf(item, await readSettings(db, item.id), await listHosts(db));
}

type SettingsNow = Pick<CheckSubject, "settings" | "settingsNumber">;

/** The same of one of many, whose settings and hosts were read at once. */
export function checkOf(
  item: ItemRow,
  { settings, settingsNumber }: SettingsNow,
  hosts: readonly HostNow[],
): CheckSubject {
  const bare = { item, settings, settingsNumber, block: null, host: null, digest: null };
  const found = findCheckBlock(item.content);
  if (found.kind === "none") return { ...bare, obstacle: { reason: "no_block", says: found.says } };
  const { block } = found;
  const host = hostCalled(hosts, block.hostLabel);
  if (host === null) {
    const says = `The console knows no host that is called ${block.hostLabel}. Two people can add it, or the name to one of its hosts, under Settings > Hosts.`;
    return { ...bare, block, obstacle: { reason: "no_host", says } };
  }
  const { parameters } = settings;
  const { script, language } = block;
  return {
    item,
    settings,
    settingsNumber,
    block,
    host: { ...host, identity: identityOf(host.content) },
    digest: blockDigest({ script, language, hostDigest: host.digest, parameters }),
    obstacle: obstacleOf(item, { block, host, settings }),
  };
}

function obstacleOf(
  item: ItemRow,
  { block, host, settings }: { block: CheckBlock; host: HostNow; settings: CheckSettings },
): CheckSubject["obstacle"] {
  if (item.state === "retired") {
    return { reason: "retired", says: `${item.code} is retired. It stays as it is.` };
  }
  const { denied, environment } = host.content;
  const command = findDenied(block.script, denied);
  if (command !== null) {
    return { reason: "denied_command", says: `On ${host.name} no block may hold "${command}".` };
  }
  const name = settings.parameters.find((one) => !environment.includes(one.name))?.name;
  return name === undefined
    ? null
    : { reason: "denied_name", says: `The host ${host.name} does not let a check set ${name}.` };
}

/** The check, with its item locked and its host held as it is until the transaction ends. */
export async function lockCheck(tx: Tx, itemId: string): Promise<CheckSubject> {
  await holdHosts(tx);
  return readCheck(tx, await lockItem(tx, itemId));
}

type Runnable = CheckSubject & {
  block: CheckBlock;
  host: NonNullable<CheckSubject["host"]>;
  digest: string;
};

/** The block that can be attested and run, being exactly the one that the page showed. Throws a refusal otherwise. */
export function requireBlock(subject: CheckSubject, digest: string): Runnable {
  const { obstacle, block, host } = subject;
  if (obstacle !== null || block === null || host === null || subject.digest === null) {
    const { reason, says } = obstacle ?? { reason: "no_block", says: "This item has no check." };
    throw new DomainError("invalid", `${says} Nothing was started.`, { reason });
  }
  if (subject.digest !== digest) {
    throw new DomainError(
      "stale",
      "The block, its host or its parameters changed since your page was made. Nothing was done; read it again.",
      { reason: "stale" },
    );
  }
  return { ...subject, block, host, digest };
}

/** How the check is run and judged now. */
export async function readSettings(db: Db | Tx, itemId: string): Promise<SettingsNow> {
  const [row] = await db
    .select({ content: checkSetting.content, number: checkSetting.number })
    .from(checkSetting)
    .where(eq(checkSetting.itemId, itemId))
    .orderBy(desc(checkSetting.number))
    .limit(1);
  return row ? { settings: row.content, settingsNumber: row.number } : UNSET;
}

/** The same of many checks, by the id of the item; one that nobody has set anything of is not in it. */
export async function listSettings(
  db: Db | Tx,
  itemIds: readonly string[],
): Promise<ReadonlyMap<string, SettingsNow>> {
  const rows = await db
    .selectDistinctOn([checkSetting.itemId], {
      itemId: checkSetting.itemId,
      content: checkSetting.content,
      number: checkSetting.number,
    })
    .from(checkSetting)
    .where(inArray(checkSetting.itemId, [...itemIds]))
    .orderBy(checkSetting.itemId, desc(checkSetting.number));
  return new Map(
    rows.map(({ itemId, content, number }) => [itemId, { settings: content, settingsNumber: number }]),
  );
}

/** What counts for a check that nobody has set anything of. */
export const UNSET: SettingsNow = { settings: DEFAULT_SETTINGS, settingsNumber: 0 };
