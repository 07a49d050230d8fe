import { measureDecisions } from "./decision.ts";
import { table } from "./figure.ts";

/** The figures of decisions without the rest: no console is started for them. */
process.stdout.write(`${table(await measureDecisions())}\n`);
