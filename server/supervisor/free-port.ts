import { readFileSync, existsSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { writeKept } from "./kept-file.ts";

/** Listens for a moment: the port that was free, or null when it is taken. Port 0 asks for any. */
function probe(host: string, port: number): Promise<number | null> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(null));
    server.listen({ host, port, exclusive: true }, () => {
      const address = server.address();
      const found = address !== null && typeof address === "object" ? address.port : null;
      server.close(() => resolve(found));
    });
  });
}

export async function isFree(host: string, port: number): Promise<boolean> {
  return (await probe(host, port)) !== null;
}

/** A loopback port for the embedded cloud, the same at every start while nobody else takes it. */
export async function keepPort(dataDir: string, name: string): Promise<number> {
  const file = join(dataDir, name);
  const kept = existsSync(file) ? Number(readFileSync(file, "utf8")) : 0;
  const port = (await probe("127.0.0.1", Number.isInteger(kept) ? kept : 0)) ?? (await probe("127.0.0.1", 0));
  if (port === null) throw new Error("The system gave no free port on 127.0.0.1.");
  if (port !== kept) writeKept(file, `${port}\n`);
  return port;
}
