import { readFileSync, existsSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { writeKept } from "./kept-file.ts";
import { systemCode } from "./system-error.ts";

/** Listens for a moment: the port that was free, or the system's code of why not. Port 0 asks for any. */
function probe(host: string, port: number): Promise<{ port: number } | { refusal: string }> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", (error) => resolve({ refusal: systemCode(error) ?? error.message }));
    server.listen({ host, port, exclusive: true }, () => {
      const address = server.address();
      const found =
        address !== null && typeof address === "object" ? { port: address.port } : { refusal: "" };
      server.close(() => resolve(found));
    });
  });
}

/** Why nothing can listen there, as the system's code, or null when it can. */
export async function refusalOfPort(host: string, port: number): Promise<string | null> {
  const found = await probe(host, port);
  return "refusal" in found ? found.refusal : null;
}

/** A loopback port for the embedded cloud, the same at every start while nobody else takes it. */
export async function keepPort(dataDir: string, name: string): Promise<number> {
  const file = join(dataDir, name);
  const kept = existsSync(file) ? Number(readFileSync(file, "utf8")) : 0;
  const first = await probe("127.0.0.1", Number.isInteger(kept) ? kept : 0);
  const found = "port" in first ? first : await probe("127.0.0.1", 0);
  if (!("port" in found)) throw new Error("The system gave no free port on 127.0.0.1.");
  if (found.port !== kept) writeKept(file, `${found.port}\n`);
  return found.port;
}
