import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { connect } from "node:net";

/** Where systems keep the daemon; none of them has it in an ordinary person's PATH. */
const PLACES = ["/usr/sbin/sshd", "/usr/local/sbin/sshd", "/opt/homebrew/sbin/sshd", "/usr/bin/sshd"];

export interface Sshd {
  port: number;
  /** The account that it lets in: whoever runs the test. */
  user: string;
  /** `type base64` of its host key. */
  hostKey: string;
  /** Lets this key in. */
  trust(publicKey: string): void;
  /** Lets certificates of these authorities in, one a line, that carry one of these principals. */
  trustAuthority(lines: string, principals: readonly string[]): void;
  /** The revocation list that it looks at from now on. */
  revoke(krl: Uint8Array): void;
  /** What it wrote so far. */
  log(): string;
  close(): Promise<void>;
}

/** A real OpenSSH daemon on loopback, with keys of its own. Throws with words where the machine has none. */
export async function openSshd(): Promise<Sshd> {
  const program = PLACES.find((place) => existsSync(place));
  if (program === undefined) {
    throw new Error(
      "This machine has no sshd, and these tests need a real one. `npm test` brings it; by hand: apt-get install openssh-server.",
    );
  }
  const folder = mkdtempSync(join(tmpdir(), "countersign-sshd-"));
  execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", join(folder, "host")]);
  const authorized = join(folder, "authorized_keys");
  writeFileSync(authorized, "", { mode: 0o600 });
  const [authorities, principals, revoked] = ["ca", "principals", "krl"].map((name) => join(folder, name));
  for (const path of [authorities, principals, revoked]) writeFileSync(path ?? "", "");
  const port = await freePort();
  writeFileSync(
    join(folder, "config"),
    [
      `ListenAddress 127.0.0.1:${port}`,
      `HostKey ${join(folder, "host")}`,
      `AuthorizedKeysFile ${authorized}`,
      `TrustedUserCAKeys ${authorities}`,
      `AuthorizedPrincipalsFile ${principals}`,
      `RevokedKeys ${revoked}`,
      "PidFile none",
      "StrictModes no",
      "UsePAM no",
      "PasswordAuthentication no",
      "PermitRootLogin yes",
      "LogLevel VERBOSE",
      "",
    ].join("\n"),
  );
  // Where it runs as root it wants its empty folder (sshd(8), FILES).
  if (userInfo().uid === 0) mkdirSync("/run/sshd", { recursive: true, mode: 0o755 });
  const log = join(folder, "log");
  // Into a file: on its standard error its words would come out among those of a session.
  const child = spawn(program, ["-D", "-E", log, "-f", join(folder, "config")], { stdio: "ignore" });
  await listening(child, port, log);
  return {
    port,
    user: userInfo().username,
    hostKey: readFileSync(join(folder, "host.pub"), "utf8").split(" ").slice(0, 2).join(" ").trim(),
    trust: (publicKey) => writeFileSync(authorized, `${publicKey}\n`, { mode: 0o600 }),
    trustAuthority: (lines, names) => {
      writeFileSync(authorities ?? "", lines);
      writeFileSync(principals ?? "", names.map((name) => `${name}\n`).join(""));
    },
    revoke: (krl) => writeFileSync(revoked ?? "", krl),
    log: () => readFileSync(log, "utf8"),
    close: async () => {
      const gone = new Promise((resolve) => child.once("exit", resolve));
      child.kill("SIGTERM");
      await gone;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === "string") throw new Error("There is no free port.");
  return address.port;
}

async function listening(child: ChildProcess, port: number, log: string): Promise<void> {
  const giveUpAt = performance.now() + 20_000;
  while (performance.now() < giveUpAt) {
    if (child.exitCode !== null) break;
    if (await answers(port)) return;
  }
  throw new Error(`sshd did not start: ${existsSync(log) ? readFileSync(log, "utf8") : "it wrote nothing"}`);
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("data", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => setTimeout(() => resolve(false), 20));
  });
}
