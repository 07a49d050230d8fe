import { createServer, connect as connectTo, type Socket } from "node:net";
import { join } from "node:path";

/** A line between one process and its database, which a test can cut. */
export interface DatabaseLine {
  /** The database's address through this line. */
  url: string;
  /** Every connection breaks, and no new one is made, until `mend`. */
  cut(): void;
  mend(): void;
  /** The next COMMIT reaches the database; its answer, and the connection, are lost. */
  loseNextCommit(): void;
  /** Whether a COMMIT was lost since it was asked for. */
  hasLost(): boolean;
  close(): Promise<void>;
}

const PORT = 5432;

/** Opens a line to a database given as `postgres://user:pass@host:port/name`, or with `?host=/socket/folder`. */
export async function openDatabaseLine(databaseUrl: string): Promise<DatabaseLine> {
  const target = new URL(databaseUrl);
  const folder = target.searchParams.get("host");
  const port = Number(target.port === "" ? PORT : target.port);
  const open = new Set<Socket>();
  let isCut = false;
  let commit: "kept" | "to_lose" | "lost" = "kept";

  const server = createServer((client) => {
    if (isCut) return void client.destroy();
    const database =
      folder === null ? connectTo(port, target.hostname) : connectTo(join(folder, `.s.PGSQL.${port}`));
    const end = () => {
      client.destroy();
      database.destroy();
      open.delete(client);
    };
    open.add(client);
    client.on("data", (bytes) => void database.write(bytes));
    database.on("data", (bytes) => {
      // CommandComplete: by now it is carried out. https://www.postgresql.org/docs/current/protocol-message-formats.html
      if (commit === "to_lose" && bytes.includes("COMMIT\0", 0, "latin1")) {
        commit = "lost";
        return end();
      }
      client.write(bytes);
    });
    for (const socket of [client, database]) {
      socket.on("close", end);
      socket.on("error", end);
    }
  });
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("The line has no TCP address.");
  const url = new URL(databaseUrl);
  url.searchParams.delete("host");
  url.hostname = "127.0.0.1";
  url.port = String(address.port);
  const cut = () => {
    isCut = true;
    for (const socket of open) socket.destroy();
  };
  return {
    url: url.toString(),
    cut,
    mend: () => void (isCut = false),
    loseNextCommit: () => void (commit = "to_lose"),
    hasLost: () => commit === "lost",
    close: () => {
      cut();
      return new Promise((resolve) => void server.close(() => resolve()));
    },
  };
}
