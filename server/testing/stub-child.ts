import { appendFileSync, existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Stands in for web, runner or embedded cloud where a test is about the supervisor. Arguments: name, folder. */

const [, , name = "", folder = ""] = process.argv;

writeFileSync(join(folder, `${name}.pid`), String(process.pid));
writeFileSync(join(folder, `${name}.env`), JSON.stringify(process.env));
process.once("disconnect", () => process.exit(0));
process.once("SIGTERM", () => {
  appendFileSync(join(folder, "stopped.txt"), `${name}\n`);
  // The web stub never ends by itself, like a server with a live stream open.
  if (name !== "web") process.exit(0);
});
if (existsSync(join(folder, `${name}.refuses`)))
  process.send?.({ type: "refused", says: `The ${name} will not.` });
process.send?.({
  type: "ready",
  cloudsFile: import.meta.filename,
  authUrl: "https://127.0.0.1:1",
  caFile: "",
});
