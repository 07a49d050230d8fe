import { asc, gt } from "drizzle-orm";
import { headDelivery, restoreEpoch, signedHead } from "#db/schema/audit.ts";
import type { SignedHead } from "#server/domain/audit/head.ts";
import { log } from "#server/log.ts";
import { describeError } from "./database-error.ts";
import { HeadsFile } from "./heads-file.ts";
import { GitAnchor } from "./heads-git.ts";
import { postHead } from "./heads-webhook.ts";
import {
  answerSigning,
  enterKey,
  findNewestHead,
  type HeadRow,
  LogError,
  type LogParts,
  signLog,
  signWhenDue,
} from "./heads.ts";
import { checkTail, continues, requireOwn } from "./log-check.ts";
import { checkRestored } from "./restore.ts";
import { wait } from "./wait.ts";
import { Listener, Wake } from "./wake.ts";

export interface KeeperSettings {
  databaseAppUrl: string;
  /** Folder of the kept heads. */
  folder: string;
  /** Address of a git repository, or null. */
  git: string | null;
  /** Address that takes each head, or null. */
  webhook: string | null;
  /** Name of the head that a restored database may lie behind, or null. */
  acceptRestore: string | null;
  wait: (ms: number, signal?: AbortSignal) => Promise<void>;
}

type Destination = (typeof headDelivery.$inferInsert)["destination"];

/** How often signing is looked at when nothing is announced, and a delivery is tried. */
const LOOK_EVERY_MS = 2_000;
const STOP_GRACE_MS = 2_000;
const RETRY_AFTER_MS = 60_000;
/** Heads that one delivery carries at most; the next one carries on. */
const HEADS_AT_ONCE = 1000;

/** Signs heads of the audit log, in time and when asked, and carries them out of the database. */
export class LogKeeper {
  private readonly parts: LogParts;
  private readonly settings: KeeperSettings;
  private readonly file: HeadsFile;
  private readonly git: GitAnchor | null;
  private readonly wake = new Wake();
  private readonly listener: Listener;
  private readonly stopping = new AbortController();
  private readonly nextTry = new Map<Destination, number>();
  /** Newest head that each destination has. */
  private readonly delivered = new Map<Destination, string>();
  private loops: Promise<unknown> = Promise.resolve();

  constructor(parts: LogParts, settings: KeeperSettings) {
    this.parts = parts;
    this.settings = settings;
    this.file = new HeadsFile(settings.folder);
    this.git = settings.git === null ? null : new GitAnchor(settings.folder, settings.git);
    this.listener = new Listener(settings.databaseAppUrl, this.wake);
  }

  /**
   * Resolves when the log has been found whole and a continuation of what was kept. Throws LogError otherwise, and
   * then nothing was changed.
   */
  async start(): Promise<void> {
    await this.check();
    await this.listener.start();
    this.loops = Promise.all([this.keepSigning(), this.keepDelivering()]);
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    this.wake.raise();
    // A push under way may take longer than anybody waits for a stop.
    await Promise.race([this.loops, wait(STOP_GRACE_MS)]);
    await this.listener.stop();
    // What happened since the last head is signed and kept before nobody is there to do it.
    await signWhenDue(this.parts, true);
    await this.keepFile();
  }

  private async check(): Promise<void> {
    await enterKey(this.parts);
    await checkTail(this.parts.db);
    const kept = this.file.readLast();
    if (kept === null) return;
    requireOwn(kept, this.parts.key.publicKey, "the heads file");
    if (!(await checkRestored(this.parts, kept, this.settings.acceptRestore))) return;
    log.warn({ keptSize: kept.size }, "a restored database was accepted; what was open in it has ended");
    this.file.append([(await signLog(this.parts)).head]);
  }

  private async keepSigning(): Promise<void> {
    await this.untilStopped("the audit log could not be signed", async () => {
      await answerSigning(this.parts);
      await signWhenDue(this.parts);
      await this.wake.wait(LOOK_EVERY_MS);
    });
  }

  private async keepDelivering(): Promise<void> {
    await this.untilStopped("heads could not be carried out of the database", async () => {
      await this.deliver("file", () => this.keepFile());
      const { git } = this;
      if (git !== null) await this.deliver("git", () => git.push((last) => this.missing(last)));
      const { webhook } = this.settings;
      if (webhook !== null) await this.deliver("webhook", ({ head }) => postHead(webhook, head));
      await this.pause();
    });
  }

  private async untilStopped(says: string, round: () => Promise<void>): Promise<void> {
    let isTold = false;
    while (!this.stopping.signal.aborted) {
      try {
        await round();
        isTold = false;
      } catch (error) {
        if (!isTold) log.error({ problem: describeError(error) }, says);
        isTold = true;
        await this.pause();
      }
    }
  }

  private async pause(): Promise<void> {
    await this.settings.wait(LOOK_EVERY_MS, this.stopping.signal).catch(() => undefined); // stopping
  }

  /** Carries the newest head to one destination unless it is there; the first failure of each head is written down. */
  private async deliver(destination: Destination, carry: (newest: HeadRow) => Promise<void>): Promise<void> {
    const newest = await findNewestHead(this.parts.db);
    const now = this.parts.now().getTime();
    if (newest === null || now < (this.nextTry.get(destination) ?? 0)) return;
    if (this.delivered.get(destination) === newest.id) return;
    try {
      await carry(newest);
      this.delivered.set(destination, newest.id);
      await this.write({ headId: newest.id, destination, outcome: "done", says: null });
    } catch (error) {
      if (!(error instanceof LogError)) throw error;
      this.nextTry.set(destination, now + RETRY_AFTER_MS);
      log.error({ destination, says: error.message }, "a head could not be delivered; trying again");
      await this.write({ headId: newest.id, destination, outcome: "failed", says: error.message });
    }
  }

  private async write(row: Omit<typeof headDelivery.$inferInsert, "at">): Promise<void> {
    await this.parts.db
      .insert(headDelivery)
      .values({ ...row, at: this.parts.now() })
      .onConflictDoNothing();
  }

  private async keepFile(): Promise<void> {
    this.file.append(await this.listAfter(this.file.readLast()));
  }

  /** What the git repository lacks; throws when it holds a head that this database does not continue. */
  private async missing(last: SignedHead | null): Promise<SignedHead[]> {
    if (last === null) return this.listAfter(null);
    requireOwn(last, this.parts.key.publicKey, "the git repository");
    const isBeforeEpoch = await this.isBeforeEpoch(last);
    if (!isBeforeEpoch && !(await continues(this.parts.db, last))) {
      throw new LogError(
        `The git repository holds a head over ${last.size} entries that this database does not continue. Nothing was pushed.`,
      );
    }
    return this.listAfter(last);
  }

  /** Heads of the time before a restored backup was accepted name what is no longer there; that is on record. */
  private async isBeforeEpoch({ at }: SignedHead): Promise<boolean> {
    const [epoch] = await this.parts.db
      .select({ id: restoreEpoch.id })
      .from(restoreEpoch)
      .where(gt(restoreEpoch.at, new Date(at)))
      .limit(1);
    return epoch !== undefined;
  }

  private async listAfter(last: SignedHead | null): Promise<SignedHead[]> {
    const rows = await this.parts.db
      .select({ head: signedHead.head })
      .from(signedHead)
      .where(gt(signedHead.at, new Date(last?.at ?? 0)))
      .orderBy(asc(signedHead.at))
      .limit(HEADS_AT_ONCE);
    return rows.map(({ head }) => head);
  }
}
