import { table } from "./figure.ts";
import { measurePolicy } from "./policy.ts";

/** The figures of policies without the rest: no console is started for them. */
process.stdout.write(`${table(measurePolicy())}\n`);
