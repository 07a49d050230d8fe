import { parseArgs } from "node:util";
import { findDoubledMember } from "#server/domain/canonical/doubled-member.ts";
import { readActual } from "#server/domain/guest/actual.ts";
import { readDesired } from "#server/domain/guest/desired.ts";
import {
  type GuestAction,
  type GuestDifference,
  type GuestPlan,
  planGuests,
} from "#server/domain/guest/plan.ts";
import { GuestDocumentError } from "#server/domain/guest/read-document.ts";
import { type Command, EXIT, type Terminal, UsageError } from "./command.ts";
import { printable } from "./printable.ts";
import { readBytesOf } from "./register-files.ts";

const USAGE = `--desired FILE --actual FILE [--json]

Says what would be done to the guests of one host so that they are as they are wanted: the least of stop, set_config and
start, guest by guest, after both sides were brought into the same form. It asks no console and changes nothing.

  --desired FILE  the desired-state document, JSON:
                  {host_id, generation, poll_interval_seconds?, guests: [{vmid, kind?, run_state?, cores?,
                  memory_mib? or memory_bytes?, description?, tags?, onboot?}], intents?: [{op, vmid?, params?}]}
  --actual FILE   what was observed, JSON: {host_id, guests: [{vmid, status, ...}]}, with settings by the same names,
                  or as Proxmox VE answers them: maxmem in bytes, memory in MiB, tags as a;b, a config object
  --json          answers one JSON document: host_id, generation, interval_seconds, in_sync, lanes, held, only_desired,
                  only_actual, intents

One of the two may be - for the standard input. Guests that are only wanted or only there are listed and never touched.
Intents that can lose data are pending_signature, whatever the document claims about them.

Ends with 0 when the plan is made, whatever is in it; 2 when a document cannot be read, naming each wrong field.`;

export const guestsPlan: Command = {
  usage: USAGE,
  run: async (args, terminal) => {
    const { values } = parseArgs({
      args,
      options: { desired: { type: "string" }, actual: { type: "string" }, json: { type: "boolean" } },
    });
    const { desired, actual } = values;
    if (desired === undefined || actual === undefined) throw new UsageError("Name --desired and --actual.");
    if (desired === "-" && actual === "-") throw new UsageError("Only one of the two is the standard input.");
    const plan = await madeOf(desired, actual);
    if (values.json === true) terminal.say(JSON.stringify(plan));
    else tell(plan, terminal);
    return EXIT.ok;
  },
};

async function madeOf(desired: string, actual: string): Promise<GuestPlan> {
  const wanted = await readWith(desired, readDesired);
  const found = await readWith(actual, readActual);
  try {
    return planGuests(wanted, found);
  } catch (error) {
    if (error instanceof GuestDocumentError) throw new UsageError(error.message);
    throw error;
  }
}

async function readWith<T>(path: string, read: (document: unknown) => T): Promise<T> {
  const bytes = await readBytesOf(path);
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    const document: unknown = JSON.parse(text);
    const doubled = findDoubledMember(text);
    if (doubled !== null) throw new UsageError(printable(`${path}: an object holds ${doubled} twice.`));
    return read(document);
  } catch (error) {
    if (error instanceof GuestDocumentError) {
      throw new UsageError(
        error.problems.map(({ field, says }) => printable(`${path}: ${field}: ${says}.`)).join("\n"),
      );
    }
    if (error instanceof SyntaxError)
      throw new UsageError(printable(`${path} is no JSON: ${error.message}.`));
    if (error instanceof TypeError) throw new UsageError(`${path} is no UTF-8 text.`);
    throw error;
  }
}

function tell(plan: GuestPlan, { say }: Terminal): void {
  for (const { vmid, kind, actions, differences } of plan.lanes) {
    say(`guest ${vmid} (${kind}): ${actions.map(actionInWords).join(", then ")}`);
    differences.forEach((difference) => say(printable(`  ${differenceInWords(difference)}`)));
  }
  for (const { says, differences } of plan.held) {
    say(printable(`HELD ${says}`));
    differences.forEach((difference) => say(printable(`  ${differenceInWords(difference)}`)));
  }
  for (const { op, vmid, outcome, ignored } of plan.intents) {
    const what = `${outcome} ${op} of ${vmid === null ? "the host" : `guest ${vmid}`}`;
    say(
      printable(
        ignored.length === 0 ? what : `${what}; ignored, as it came from outside: ${ignored.join(", ")}`,
      ),
    );
  }
  if (plan.only_desired.length > 0) say(`only desired, not touched: ${plan.only_desired.join(", ")}`);
  if (plan.only_actual.length > 0) say(`only actual, not touched: ${plan.only_actual.join(", ")}`);
  const calls = plan.lanes.reduce((sum, { actions }) => sum + actions.length, 0);
  say(
    `${plan.host_id}, generation ${plan.generation}: ${calls} actions in ${plan.lanes.length} lanes, ${plan.held.length} held; looked at every ${plan.interval_seconds} s`,
  );
}

const actionInWords = (action: GuestAction) =>
  action.op === "set_config" ? `set_config ${Object.keys(action.set).join(" ")}` : action.op;

const differenceInWords = ({ field, desired, actual }: GuestDifference) =>
  `${field}: ${JSON.stringify(actual)} -> ${JSON.stringify(desired)}`;
