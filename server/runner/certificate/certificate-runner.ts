import { log } from "#server/log.ts";
import { describeError } from "../database-error.ts";
import { POLL_EVERY_MS } from "../limits.ts";
import { Listener, Wake } from "../wake.ts";
import { answerRequest } from "./answer-request.ts";
import { tryEngineNow } from "./engine-trial.ts";
import { makeAuthority, requireFirstAuthority } from "./authority.ts";
import type { SigningParts } from "./certificate-parts.ts";

/** Answers whoever asked for a certificate. A loop of its own: somebody waits for it. */
export class CertificateRunner {
  private readonly parts: SigningParts;
  private readonly wake = new Wake();
  private readonly listener: Listener;
  private readonly stopping = new AbortController();
  private loop: Promise<void> = Promise.resolve();
  /** An engine that is tried out beside the loop: whoever waits for a certificate does not wait for that. */
  private trial: Promise<void> | null = null;

  constructor(parts: SigningParts, databaseAppUrl: string) {
    this.parts = parts;
    this.listener = new Listener(databaseAppUrl, this.wake, [
      "certificate_request",
      "ssh_authority",
      "ssh_engine_trial",
    ]);
  }

  /** Resolves when there is an authority and requests are taken. */
  async start(): Promise<void> {
    await requireFirstAuthority(this.parts);
    while (await makeAuthority(this.parts));
    await this.listener.start();
    this.loop = this.keepAnswering();
  }

  /** Answers what it is at, and nothing after it. */
  async stop(): Promise<void> {
    this.stopping.abort();
    this.wake.raise();
    await this.loop;
    await this.trial;
    await this.listener.stop();
  }

  private async keepAnswering(): Promise<void> {
    let isTold = false;
    while (!this.stopping.signal.aborted) {
      try {
        while (!this.stopping.signal.aborted && (await answerRequest(this.parts)));
        while (await makeAuthority(this.parts));
        this.trial ??= this.tryEngines();
        isTold = false;
      } catch (error) {
        if (!isTold) log.error({ problem: describeError(error) }, "signing failed; trying again");
        isTold = true;
        await this.listener.start().catch(() => undefined); // still away: the next round tries again
      }
      await this.wake.wait(POLL_EVERY_MS);
    }
  }

  private async tryEngines(): Promise<void> {
    try {
      while (!this.stopping.signal.aborted && (await tryEngineNow(this.parts)));
    } catch (error) {
      log.error({ problem: describeError(error) }, "an SSH engine could not be tried out");
    }
    this.trial = null;
  }
}
