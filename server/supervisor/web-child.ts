import { connect } from "node:net";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { webEnv } from "#server/env.ts";
import { tellPeerAddress } from "./peer-address.ts";

/**
 * The web process: Next, with the manners of a supervised child. It says when it listens, ends when its
 * supervisor is gone, and does not wait on SIGTERM for the live streams of open pages, which never end.
 * Arguments: production|development, host, port. Works without a supervisor too.
 */

const EXIT_AFTER_MS = 2000;
const POLL_MS = 25;
const [, , mode = "production", host = "127.0.0.1", port = "3000"] = process.argv;

process.once("disconnect", () => {
  // In development the server is Next's own child, which its SIGTERM handler ends first.
  if (mode === "development") process.kill(process.pid, "SIGTERM");
  else process.exit(0);
});
process.once("SIGTERM", () => setTimeout(() => process.exit(0), EXIT_AFTER_MS).unref());

function accepts(): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port: Number(port) });
    socket.once("connect", () => resolve(true));
    socket.once("error", () => resolve(false));
    socket.once("close", () => socket.destroy());
    socket.once("connect", () => socket.end());
  });
}

async function sayWhenReady(): Promise<void> {
  while (!(await accepts())) await wait(POLL_MS);
  process.send?.({ type: "ready" });
}

if (!webEnv().isBehindProxy) tellPeerAddress();
if (mode === "development") {
  const next = join(process.cwd(), "node_modules/next/dist/bin/next");
  process.argv = [process.execPath, next, "dev", "--hostname", host, "--port", port];
  await import(pathToFileURL(next).href);
} else {
  await import(pathToFileURL(join(process.cwd(), ".next/standalone/server.js")).href);
}
await sayWhenReady();
