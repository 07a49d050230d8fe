import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Visitor } from "./api-client.ts";

const run = promisify(execFile);

/** Somebody who signs with an SSH key of the machine, made for the occasion. */
export interface Signer {
  visitor: Visitor;
  sign(jobId: string): Promise<void>;
  /** Takes the key off the disk. */
  close(): Promise<void>;
}

/** Makes a key, has it enrolled by two people, and signs with it as its owner. */
export async function enrolSigner(people: {
  owner: Visitor;
  asks: Visitor;
  agrees: Visitor;
}): Promise<Signer> {
  const { owner, asks, agrees } = people;
  const folder = await mkdtemp(join(tmpdir(), "countersign-signer-"));
  const file = join(folder, "key");
  await run("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", owner.name, "-f", file]);
  const { people: known } = await asks.api.signers.list.query({});
  const person = known.find(({ name }) => name === owner.name);
  if (!person) throw new Error(`${owner.name} is not among those who may hold a key.`);
  const { proposalId } = await asks.api.signers.proposeEnrol.mutate({
    content: {
      personId: person.id,
      publicKey: await readFile(`${file}.pub`, "utf8"),
      role: "operational",
      validAfter: null,
      validBefore: null,
    },
    reason: "A key for the acceptance run",
  });
  const { digest } = await agrees.api.proposals.get.query({ proposalId });
  await agrees.api.proposals.approve.mutate({ proposalId, digest, reason: "Made in front of me" });
  return {
    visitor: owner,
    async sign(jobId) {
      const { signing } = await owner.api.jobs.get.query({ jobId });
      if (signing === null) throw new Error("There is nothing to sign.");
      const { namespace, operation } = signing;
      const message = join(folder, "operation");
      await writeFile(message, operation.message);
      // It asks before it overwrites an earlier signature.
      await rm(`${message}.sig`, { force: true });
      await run("ssh-keygen", ["-q", "-Y", "sign", "-n", namespace, "-f", file, message]);
      const armored = await readFile(`${message}.sig`, "utf8");
      await owner.api.jobs.sign.mutate({ jobId, armored, operation: null });
    },
    close: () => rm(folder, { recursive: true, force: true }),
  };
}
