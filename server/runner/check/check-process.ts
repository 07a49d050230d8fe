import type { Redactor } from "#server/domain/secret/redact.ts";
import type { HostContent } from "#server/domain/host/host.ts";
import type { RunEnd } from "#server/domain/check/run.ts";
import { RUN_OUTPUT_BYTES, RUN_OUTPUT_LINES } from "#server/domain/check/run.ts";
import type { CapturedLine } from "../process/captured-lines.ts";
import type { Containment } from "../process/containment.ts";
import { PROCESS_LIMITS, type ProcessLimits } from "../process/process-limits.ts";
import { endInWords, type ProcessOutcome } from "../process/process-outcome.ts";
import { ProcessRefused, runProcess } from "../process/run-process.ts";
import {
  begunLine,
  knownHosts,
  remoteScript,
  SSH_FAILED,
  SSH_SCRIPT,
  sshEnvironment,
} from "./remote-script.ts";

export interface BlockGiven {
  runId: string;
  script: string;
  environment: { readonly [name: string]: string };
  timeSeconds: number;
  host: HostContent;
  /** The console's private key for the host; null for this machine. */
  sshKey: string | null;
  /** A certificate over that key, where the host lets certificates in. */
  sshCertificate?: string | null;
  redactor: Redactor;
  /** By file name, for the folder that COUNTERSIGN_SECRETS names. */
  secrets?: ReadonlyMap<string, string>;
  limits?: Pick<ProcessLimits, "outputBytes" | "outputLines">;
  containment: Containment | null;
  lines: (lines: readonly CapturedLine[]) => Promise<void>;
  signal: AbortSignal;
}

export interface BlockEnd {
  ending: Exclude<RunEnd, "refused" | "lost">;
  exitCode: number | null;
  says: string;
  isTruncated: boolean;
  /** Whether anything of it was started, or may have been. */
  hasBegun: boolean;
}

/** Leaves the other machine time to end the block itself, and to say so. */
const REMOTE_GRACE_SECONDS = 5;

/** Runs a block where it belongs, to its end or the end of its patience, and leaves nothing of it behind. */
export async function runBlock(given: BlockGiven): Promise<BlockEnd> {
  const limits: ProcessLimits = {
    ...PROCESS_LIMITS,
    timeMs: given.timeSeconds * 1000,
    outputBytes: RUN_OUTPUT_BYTES,
    outputLines: RUN_OUTPUT_LINES,
    ...given.limits,
  };
  const { host } = given;
  const far = new FarBegin(given);
  try {
    const outcome = await (host.kind === "local"
      ? runLocally(given, limits)
      : runOverSsh({ ...given, lines: (lines) => far.take(lines) }, host, limits));
    const hasBegun = host.kind === "local" ? outcome.end.kind !== "not_started" : far.hasBegun;
    return { ...endOf(outcome, host, limits), hasBegun };
  } catch (error) {
    if (!(error instanceof ProcessRefused)) throw error;
    return {
      ending: "not_started",
      exitCode: null,
      says: error.message,
      isTruncated: false,
      hasBegun: false,
    };
  }
}

/** Takes the line out by which the other machine says that it begins, and remembers it. */
class FarBegin {
  hasBegun = false;
  private readonly given: Pick<BlockGiven, "runId" | "lines">;

  constructor(given: Pick<BlockGiven, "runId" | "lines">) {
    this.given = given;
  }

  async take(lines: readonly CapturedLine[]): Promise<void> {
    const { runId } = this.given;
    const at = this.hasBegun
      ? -1
      : lines.findIndex(
          ({ stream, bytes }) => stream === "stderr" && bytes.toString("utf8") === begunLine(runId),
        );
    if (at !== -1) this.hasBegun = true;
    const rest = at === -1 ? lines : lines.filter((_, index) => index !== at);
    if (rest.length > 0) await this.given.lines(rest);
  }
}

function runLocally(given: BlockGiven, limits: ProcessLimits): Promise<ProcessOutcome> {
  return runProcess({
    ...given,
    script: Buffer.from(given.script, "utf8"),
    environment: given.environment,
    secrets: given.secrets ?? new Map(),
    limits,
  });
}

function runOverSsh(
  given: BlockGiven,
  host: Extract<HostContent, { kind: "ssh" }>,
  limits: ProcessLimits,
): Promise<ProcessOutcome> {
  const { redactor, sshKey } = given;
  if (sshKey === null)
    throw new ProcessRefused("secret_name", "The console's key for this host is not there.");
  // What the executor looks at for a block on this machine.
  if (redactor.text(given.script) !== given.script) {
    throw new ProcessRefused(
      "secret_in_script",
      "The block's text holds a sealed value; it must refer to it.",
    );
  }
  return runProcess({
    ...given,
    script: Buffer.from(SSH_SCRIPT, "utf8"),
    environment: sshEnvironment(host),
    secrets: new Map([
      ["ssh_key", sshKey],
      ...certificateFile(given.sshCertificate ?? null),
      ["known_hosts", knownHosts(host)],
      ["begun", begunLine(given.runId)],
      [
        "remote_script",
        remoteScript({
          ...given,
          secrets: given.secrets ?? new Map(),
          timeSeconds: given.timeSeconds + REMOTE_GRACE_SECONDS,
        }),
      ],
    ]),
    limits,
  });
}

const certificateFile = (line: string | null): [string, string][] =>
  line === null ? [] : [["ssh_certificate", `${line}\n`]];

function endOf(
  { end, isTruncated, survivors }: ProcessOutcome,
  host: HostContent,
  limits: ProcessLimits,
): Omit<BlockEnd, "hasBegun"> {
  const left =
    survivors.length === 0 ? "" : ` Processes ${survivors.join(", ")} could not be ended; look at them.`;
  const said = (
    ending: BlockEnd["ending"],
    exitCode: number | null,
    says = endInWords(end, limits),
  ): Omit<BlockEnd, "hasBegun"> => ({
    ending,
    exitCode,
    says: `${says}${left}`,
    isTruncated,
  });
  switch (end.kind) {
    case "exited":
      return host.kind === "ssh" && end.code === SSH_FAILED
        ? said(
            "unreachable",
            null,
            `${host.address} could not be reached as ${host.user}, or the connection broke.`,
          )
        : said("exited", end.code);
    case "signalled":
      return said("signalled", end.code);
    case "limit":
    case "cancelled":
    case "not_started":
      return said(end.kind, null);
  }
}
